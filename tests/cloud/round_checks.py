"""Checks a round: its figures in a line, and everything wrong with it in words."""

from collections import Counter
from collections.abc import Iterator, Sequence

from tests.cloud.fault_rounds import Round
from tests.cloud.outcome import Outcome
from tests.cloud.parallel_accounts import Account
from tests.cloud.wire_faults import MARK, OWN, REFUSED, SEND_EMAIL, Call, Way

COLUMNS = {
    "events": 7, "faults": 7, "accepted": 9, "503s": 6, "done": 6, "ignored": 8, "dead": 5, "lost": 5, "doubled": 8,
    "disorder": 9, "again": 6, "mail x2": 8, "bus x2": 7, "s": 5,
}  # fmt: skip
HELD_UP = frozenset({*REFUSED, Way.SILENT, *(way for _, way, _ in OWN)} - {Way.UNREAD})
"""Faults that hold an event up, if they last longer than the SDK tries and strike one account only.

Unprocessed keys do not: the consumer claims the event first, and reads its records one by one.
"""

INGEST = 2
"""How often ingest tries a call; no other function tries so often."""


def wrong(outcome: Outcome, one: Round) -> Iterator[str]:
    """Everything wrong with a round, one line each."""
    label = f"{' + '.join(map(str, one.calls))}, {one.way}"
    calm = outcome.came_of(one.calm)
    for account in one.accounts:
        for what in _of(outcome, account, calm):
            yield f"{label}: {account.id}: {what}"
    mails = sum(outcome.mailed_twice(account) for account in one.accounts)
    if mails > (sum(one.made) if may_mail_twice(one.calls, one.way) else 0):
        yield f"{label}: {mails} mails too many"
    if not all(one.made):
        yield f"{label}: of its rules some broke nothing: {one.made}"
    if (
        one.way in HELD_UP
        and len(one.calls) == 1
        and not any(_held_up(outcome, account, one.calls) for account in one.lasting)
    ):
        yield f"{label}: the faults did not outlast the SDK"


def absorbed(outcome: Outcome, rounds: Sequence[Round]) -> float:
    """The part, from 0 to 1, of the single faults that the SDK hid. A busy machine delays some calls anyway."""
    single = [one for one in rounds if one.once and one.way is Way.THROTTLED and one.calls[0].tries > 1]
    return sum(not _held_up(outcome, one.once, one.calls) for one in single if one.once) / len(single)


def _of(outcome: Outcome, account: Account, calm: dict[str, object]) -> Iterator[str]:
    if set(account.answers) - {200, 503}:
        yield f"answered {dict(account.answers)}"
    if len(account.accepted) != account.told:
        yield f"of {account.told} events {len(account.accepted)} were accepted"
    yield from (f"lost {event}" for event in outcome.lost(account))
    yield from (f"handled twice {what}" for what in outcome.handled_twice(account))
    yield from (f"begun too early {event}" for event in outcome.out_of_order(account))
    came = outcome.came_of(account)
    yield from (
        f"{what} are {came[what]}, but the calm account's {calm[what]}" for what in calm if came[what] != calm[what]
    )


def _held_up(outcome: Outcome, account: Account, calls: Sequence[Call]) -> bool:
    """Whether Stripe had to send an event again after a fault of ingest, or SQS had to deliver it again."""
    return outcome.again(account) > 0 or (account.answers[503] > 0 and any(call.tries == INGEST for call in calls))


def may_mail_twice(calls: Sequence[Call], way: Way) -> bool:
    """Whether SES's answer or the mark after it was lost: the README names this one case of a repeated mail."""
    answered = way not in {Way.LATE, Way.UNANSWERED, Way.CUT}
    return any(call == MARK or (call == SEND_EMAIL and not answered) for call in calls)


def table(outcome: Outcome, rounds: Sequence[Round]) -> Iterator[str]:
    """The lines of the table: the figures of each round, and their sums below."""
    yield f"{'call':45}{'fault':33}" + "".join(f"{name:>{width}}" for name, width in COLUMNS.items())
    total: Counter[str] = Counter()
    for one in rounds:
        figures = _figures(outcome, one)
        total += figures
        several = len(one.calls) > 1
        yield _line("those that name nobody" if several else str(one.calls[0]), one.way, figures)
        for call, made in _by_call(one) if several else ():
            yield f"  {call!s:43}{'':33}{'':7}{made:>7}"
    total["s"] = sum({(one.calm.mark, len(one.calls) > 1): round(one.seconds) for one in rounds}.values())
    yield _line("all", "", total)


def _by_call(one: Round) -> Iterator[tuple[Call, int]]:
    each = len(one.made) // len(one.calls)
    for number, call in enumerate(one.calls):
        yield call, sum(one.made[number * each :][:each])


def _figures(outcome: Outcome, one: Round) -> Counter[str]:
    figures = Counter({"faults": sum(one.made), "s": round(one.seconds)})
    for account in one.accounts:
        ended = outcome.ended(account)
        figures += Counter(
            {
                "events": account.told,
                "accepted": len(account.accepted),
                "503s": account.answers[503],
                "done": ended["done"],
                "ignored": ended["ignored"],
                "dead": ended["failed"],
                "lost": len(outcome.lost(account)),
                "doubled": len(outcome.handled_twice(account)),
                "disorder": len(outcome.out_of_order(account)),
                "again": outcome.again(account),
                "mail x2": outcome.mailed_twice(account),
                "bus x2": outcome.announced_twice(account),
            }
        )
    return figures


def _line(call: str, way: str, figures: Counter[str]) -> str:
    return f"{call:45}{way:33}" + "".join(f"{figures[name]:>{width},}" for name, width in COLUMNS.items())
