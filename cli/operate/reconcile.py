"""`billhook reconcile`: offer the queue the events of a range of time that Stripe lists and the inbox lacks.

The reconcile function does this every hour. Do it by hand after an outage that is longer than Stripe's three days of
retries, or for the time before the function had an API key. The environment variable STRIPE_API_KEY holds the key: a
restricted key that may read Events and, for connected accounts, Accounts. Your AWS credentials must allow reading the
stack, the inbox and the secret with the message keys, and sending to the queue.

The range begins with the first event that the stack accepted, or with --from-the-beginning at --since. Earlier events
were handled by something else. Mails about changes more than 72 hours ago are recorded as too late, and not sent.
"""

import os
import time
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime

from botocore.exceptions import BotoCoreError, ClientError

from cli.errors import RefusedError, in_words
from cli.operate.audit import Change, audited
from cli.operate.reconcile_range import Range, read_range
from cli.where import HERE, Where
from functions.reconcile.backlog import Backlog
from functions.reconcile.hourly import BEHIND
from functions.reconcile.inbox import Inbox
from functions.reconcile.offer import Offerer
from functions.reconcile.reconcile import Reconciler, beginning, reconcile
from functions.reconcile.settings import group_by
from functions.reconcile.stripe_api import Json, StripeApi, connect
from shared.failures.errors import Permanent, Retryable
from shared.runtime.message_keys import KeySecret, MessageKeys
from shared.runtime.stripe_key import mode_of
from shared.values.platform import PLATFORM


class ReconcileError(RefusedError):
    """Reconciliation cannot start; the text says why and what to do."""


def reconcile_range(  # noqa: PLR0913 - the options of a command
    *,
    since: str,
    until: str | None = None,
    account: str | None = None,
    queued: bool = False,
    from_the_beginning: bool = False,
    dry_run: bool = False,
    where: Where = HERE,
) -> None:
    """Offer events that Stripe lists and the inbox lacks.

    Reconciliation does this every hour. Do it by hand after an outage that is longer than Stripe's three days of
    retries. The environment variable STRIPE_API_KEY holds a restricted key that may read Events. The range begins with
    the first event that the stack accepted. Mails about changes more than 72 hours ago are not sent.

    Args:
        since: 3d, 12h, 90m, or a date such as 2026-11-22T08:00Z.
        until: likewise, or now; by default an hour ago, because newer events may still be on their way.
        account: platform, or a connected account; all by default.
        queued: also offer events that may be in the queue; each is handled once.
        from_the_beginning: also before the first accepted event.
        dry_run: only say what is missing.
        where: the stack.
    """
    try:
        wanted = read_range(since, until, int(time.time()), BEHIND)
        stripe, reconciler = _tools(where, dry_run=dry_run, queued=queued)
        asked = {"since": since, "until": until, "account": account, "queued": queued, "whole": from_the_beginning}
        with audited(where, Change("reconcile", asked), dry_run=dry_run) as counts:
            for one in _accounts(stripe, account):
                _one(reconciler, one, wanted, counts, whole=from_the_beginning, dry_run=dry_run)
    except (RefusedError, Permanent, Retryable, ClientError, BotoCoreError) as error:
        raise RefusedError(f"not done: {_explained(error)}") from None


def _tools(where: Where, *, dry_run: bool, queued: bool) -> tuple[StripeApi, Reconciler]:
    key = os.environ.get("STRIPE_API_KEY", "").strip()
    mode = mode_of(key)
    if mode is None:
        raise ReconcileError("set STRIPE_API_KEY to a restricted key that may read Events; it starts with rk_ or sk_")
    outputs, parameters = where.described()
    if parameters["Livemode"] not in {"true" if mode == "live" else "false", "any"}:
        raise ReconcileError(
            f"STRIPE_API_KEY is for {mode} mode, but {where.name} has Livemode={parameters['Livemode']}"
        )
    stripe = StripeApi(connect(key, os.environ.get("STRIPE_API_BASE")), time.sleep)
    queue = outputs["EventsQueueUrl"]
    sqs = where.client("sqs")
    keys = MessageKeys(KeySecret(where.client("secretsmanager"), outputs["MessageKeyId"]).fetch)
    offerer = Offerer(sqs, queue, group_by(parameters["GroupBy"]), keys, _say)
    inbox = Inbox(where.client("dynamodb"), outputs["InboxTableName"])
    backlog = Backlog(sqs, queue)
    backlog.may_hold_events()  # before this command's own offers are in the queue
    may_be_queued = (lambda: False) if queued else backlog.may_hold_events
    offer = (lambda _event: False) if dry_run else offerer.offer
    return stripe, Reconciler(stripe, inbox.lacks, offer, may_be_queued, offerer.group)


def _accounts(stripe: StripeApi, asked: str | None) -> Sequence[str]:
    if asked:
        return [asked]
    try:
        return [PLATFORM, *stripe.connected()]
    except Permanent as refused:
        print(f"connected accounts are left out: the key may not list them ({refused.code})")
        return [PLATFORM]


def _one(  # noqa: PLR0913 - an account, its range, and how
    reconciler: Reconciler, account: str, wanted: Range, counts: Counter[str], *, whole: bool, dry_run: bool
) -> None:
    """Reconcile one account, and print the result; `counts` counts what was queued."""
    since = wanted.since if whole else beginning(reconciler, account, wanted.since, wanted.until)
    if since is None:
        print(f"{account}: none of its events was accepted up to {_utc(wanted.until)}, so none is taken for missing")
        return
    if since > wanted.since:
        print(f"{account}: from {_utc(since)} on, when its first event was accepted")
    missing = Counter[str]()
    checked = healed = waiting = 0
    for part in reconcile(reconciler, account, since, wanted.until):
        checked += part.checked
        healed += part.healed
        counts["queued"] += part.healed
        waiting += part.waiting
        missing.update(event["type"] for event in part.missing)
    done = "nothing was changed" if dry_run else f"{healed} put into the queue"
    print(f"{account}: {checked} checked, {missing.total()} missing" + (f", {done}" if missing else ""))
    if waiting:
        print(f"  {waiting:6}  newer ones are maybe in the queue: run it again once that is empty, or with --queued")
    for type_, count in missing.most_common():
        print(f"  {count:6}  {type_}")


def _say(event: Json, unfit: str | None) -> None:
    print(f"  {event['id']}  {event['type']}" + (f"  cannot be queued: {unfit}" if unfit else ""))


def _utc(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _explained(error: Exception) -> str:
    if isinstance(error, Permanent):
        return f"Stripe refuses ({error}); the key must be valid, and may read Events"
    if isinstance(error, Retryable):
        return f"a service does not answer now ({error.code}); run it again, nothing is handled twice"
    return in_words(error) or str(error)
