"""`billhook blame`: which event set each fact about a customer, read from the journals of the decisions."""

import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

from cli.errors import RefusedError
from cli.operate.reconcile_range import read_time
from cli.see.inbox import tables_of
from cli.see.screen import Screen, ago, counted, moment
from cli.see.words import change, fact
from cli.where import HERE, Where
from shared.decisions.journal import Journal, read_journal
from shared.values.frozen import Scalar
from shared.values.platform import PLATFORM


@dataclass(frozen=True)
class Set:
    """One change of one fact; `at` is the commit in epoch seconds."""

    fact: str
    record: str
    before: Scalar
    after: Scalar
    event: str
    type: str
    at: float
    code: str
    policy: str


def blame(  # noqa: PLR0913 - the options of a command
    customer: str,
    fact_name: str = "",
    /,
    *,
    account: str = PLATFORM,
    at: str = "now",
    json: bool = False,
    where: Where = HERE,
) -> int:
    """Say which event set each fact about a customer.

    Facts: access, past_due, plan, ends_at, limit_…, and those of orders and payments. With a fact, all its changes are
    listed. The command reads the customer's whole partition.

    Args:
        customer: cus_…, or the id of a guest or a connected account.
        fact_name: the fact, such as access; all by default.
        account: the connected account whose customer it is, acct_….
        at: as of when: 2026-11-22T08:00Z, or 3d ago.
        json: print the changes as JSON.
        where: the stack.
    """
    screen, now = Screen(), time.time()
    until = read_time("--at", at, int(now)) if at != "now" else now
    items = [one for one in tables_of(where).partition(account, customer) if "payload" in one and _part(one) == "0"]
    journals = [(one, read_journal(one)) for one in items]
    kept = [(one, journal) for one, journal in journals if journal]
    changes = sorted(
        (it for one, journal in kept for it in _changes(one, journal) if it.at <= until), key=lambda it: it.at
    )
    wanted = [one for one in changes if fact_name in {"", one.fact}]
    if json:
        screen.json([asdict(one) for one in wanted])
        return 0 if wanted else 1
    if not wanted:
        raise RefusedError(_nothing(customer, account, fact_name, changes, len(items)))
    told = wanted if fact_name else list({(one.record, one.fact): one for one in wanted}.values())
    for one in told:
        _print(screen, one, now, whole=bool(fact_name))
    begins = min(one["saved_ms"] for one, _ in kept) / 1000
    silent = len(items) - len(kept)
    older = f"{counted(silent, 'earlier event')} without a journal"
    more = f"; an older fact may have come from {older}" if silent else ""
    screen.say((f"The journal begins {moment(begins)} UTC{more}.", "dim"))
    return 0


def _part(item: dict[str, Any]) -> str:
    return str(item["sk"]).rpartition("#")[2]


def _changes(item: dict[str, Any], journal: Journal) -> Iterator[Set]:
    event_id = str(item["sk"]).split("#")[2]
    for record, changed in journal.changed.items():
        for name, (before, after) in changed.items():
            at = item["saved_ms"] / 1000
            yield Set(name, record, before, after, event_id, item["type"], at, journal.code, journal.policy)


def _print(screen: Screen, one: Set, now: float, *, whole: bool) -> None:
    what = change(one.fact, (one.before, one.after)) if whole else f"{one.fact}: {fact(one.fact, one.after)}"
    screen.say(what, (f"   {one.record}", "dim"))
    screen.say(f"  {one.event}  {one.type}")
    decided = f"code {one.code}, policy {one.policy or 'unknown'}"
    screen.say((f"  committed {moment(one.at)}, {ago(one.at, now)}; {decided}", "dim"))


def _nothing(customer: str, account: str, name: str, changes: list[Set], events: int) -> str:
    """Why no journal tells of the fact."""
    if changes:
        known = ", ".join(sorted({one.fact for one in changes}))
        return f"no journal of {customer} tells of {name}: it has {known}, or the fact is older than the journal"
    if not events:
        return f"no event of {customer} of {account} is archived: erased, expired, or of another account (--account)"
    return f"the {events} archived events of {customer} changed no fact, or are older than the journal"
