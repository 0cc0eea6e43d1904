"""One hourly run: reconciles every account in turn, from its cursor up to an hour ago."""

import random
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from functions.reconcile.reconcile import Reconciler, beginning, reconcile
from shared.failures.errors import Permanent, Retryable
from shared.values.platform import PLATFORM

if TYPE_CHECKING:
    from aws_lambda_powertools import Logger

HOUR = 3600

BEHIND = HOUR
"""Seconds before now at which a run ends. After an hour an event is on Stripe's list, and usually in the inbox. So
runs need not overlap, and no event is offered twice for safety."""

REACH = 30 * 24 * HOUR
"""How far back Stripe's list goes, in seconds (https://docs.stripe.com/api/events/list)."""

SPARE = 90
"""Seconds that a further part needs, for its calls to Stripe, DynamoDB and SQS."""

IN_A_ROW = 3
"""How many connected accounts may fail in a row. After these Stripe itself is down or limits the calls, and each
further account would only take time and add to the load."""


@dataclass(frozen=True)
class Run:
    """Everything that a run needs. `now` is in epoch seconds. An account is checked up to its cursor, a second."""

    reconciler: Reconciler
    connected: Callable[[], Iterable[str]]
    cursors: Callable[[], Mapping[str, int]]
    move: Callable[[str, int], None]
    forget: Callable[[str], None]
    logger: "Logger"
    now: int
    seconds_left: Callable[[], float]


@dataclass
class Totals:
    """The counts of a run."""

    accounts: int = 0
    checked: int = 0
    missing: int = 0
    healed: int = 0
    handed_over: int = 0
    dead_effects_s: int = 0
    """Seconds since the oldest dead letter of the effects was sent; 0 if there is none."""
    dead_mails_s: int = 0
    """The same for the mails."""


class OutOfTimeError(Exception):
    """Lambda might end the run before the next part is finished."""


def run(run_: Run, totals: Totals) -> None:
    """Reconcile every account, and count in `totals`. The next run goes on from the cursors where this one stops.

    The cursor of a connected account that fails falls behind, so the account comes first each hour. Yet the run goes on
    with the others.

    Raises:
        Permanent: Stripe refuses the platform's own list.
        Retryable: Stripe or DynamoDB failed, for all accounts or for one; it is raised after the other accounts.
        botocore.exceptions.ClientError, BotoCoreError: AWS refused, or did not answer.
    """
    known = run_.cursors()
    failed: Retryable | None = None
    in_a_row = 0
    try:
        _one(run_, PLATFORM, known.get(PLATFORM), totals)
        for account in _connected(run_, known):
            failure = _failure(run_, account, known.get(account), totals)
            failed = failure or failed
            in_a_row = in_a_row + 1 if failure else 0
            if in_a_row == IN_A_ROW:
                break
    except OutOfTimeError:
        run_.logger.warning("out of time: goes on next hour")
    if failed:
        raise failed


def _failure(run_: Run, account: str, cursor: int | None, totals: Totals) -> Retryable | None:
    """Reconcile a connected account; its failure if a later run may succeed."""
    try:
        _one(run_, account, cursor, totals)
    except Permanent as refused:  # the account has just left, or the key may not act for it
        run_.logger.warning("account refused", extra={"account": account, "code": refused.code})
    except Retryable as error:
        run_.logger.error("account failed: goes on next hour", extra={"account": account, "code": error.code})  # noqa: TRY400 - the traceback says nothing more
        return error
    return None


def _connected(run_: Run, known: Mapping[str, int]) -> Sequence[str]:
    """The connected accounts: first those with a cursor, the oldest cursor first; then the others in random order."""
    try:
        there = list(run_.connected())
    except Permanent as refused:
        run_.logger.info("connected accounts are not walked: the key may not list them", extra={"code": refused.code})
        return []
    for gone in known.keys() - {PLATFORM, *there}:
        run_.forget(gone)  # events until it returns are not Billhook's to handle
    others = [account for account in there if account not in known]
    random.shuffle(others)
    return [*sorted((account for account in there if account in known), key=known.__getitem__), *others]


def _one(run_: Run, account: str, cursor: int | None, totals: Totals) -> None:
    _in_time(run_)
    until = run_.now - BEHIND
    since = _since(run_, account, cursor, until)
    if since is None:
        return
    for part in reconcile(run_.reconciler, account, since, until):
        totals.checked += part.checked
        totals.missing += len(part.missing)
        totals.healed += part.healed
        run_.move(account, part.until)
        if part.waiting:
            said = {"account": account, "events": part.waiting}
            run_.logger.info("not in the inbox, maybe in the queue: looked for again next hour", extra=said)
        elif part.until < until:
            _in_time(run_)
    totals.accounts += 1


def _since(run_: Run, account: str, cursor: int | None, until: int) -> int | None:
    if cursor is not None:
        since = max(cursor, run_.now - REACH) + 1
        if since > cursor + 1:
            run_.logger.error("gap: Stripe's list does not reach back so far", extra={"account": account, "at": cursor})
        return since
    # The account or reconciliation is new. This run checks an hour of its past; `./billhook reconcile` checks the rest.
    begins = beginning(run_.reconciler, account, until - HOUR + 1, until)
    if begins is not None:
        run_.move(account, begins - 1)  # before the walk, so that the next run repeats a walk that breaks off
    return begins


def _in_time(run_: Run) -> None:
    if run_.seconds_left() < SPARE:
        raise OutOfTimeError
