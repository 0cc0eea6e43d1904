"""For any list, inbox and crash, each missing event is offered, and none from before the first accepted one."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import pytest
from aws_lambda_powertools import Logger
from hypothesis import event as noted
from hypothesis import given, settings
from hypothesis import strategies as st

from functions.reconcile import slices
from functions.reconcile.hourly import BEHIND, HOUR, Run, Totals, run
from functions.reconcile.reconcile import Reconciler
from tests.support.stripe_lists import PLATFORM

ACCOUNTS = (PLATFORM, "acct_1", "acct_2")
START = 1_790_000_000
TO_BEGIN = 12
"""How many things a run does until it has noted where an account begins."""
HOURS = 4
"""How long the story goes on after the first run."""


class Crash(BaseException):
    """The process dies here. No `except Exception` can tell."""


@dataclass(frozen=True)
class Happened:
    """An event of an account, so many seconds after the beginning of the first run's window."""

    account: str
    second: int
    accepted: bool
    id: str = ""


@dataclass
class Story:
    """Stripe, the inbox, the queue and the cursors in memory; dies before the `dies_at`-th thing that a run does."""

    happened: Sequence[Happened]
    consumed: bool
    dies_at: list[int]
    now: int = START
    queue: list[str] = field(default_factory=list)
    at: dict[str, int] = field(default_factory=dict)
    busy: frozenset[int] = frozenset()
    """In which hours the queue is not empty, because of what others have put into it."""
    inbox: set[str] = field(default_factory=set)
    done: int = 0

    def step(self) -> None:
        self.done += 1
        if self.dies_at and self.done == self.dies_at[0]:
            self.dies_at.pop(0)
            self.done = 0
            raise Crash

    def events_of(self, account: str) -> list[dict[str, Any]]:
        window = START - BEHIND - HOUR
        listed = [
            {"id": one.id, "created": window + one.second, "account": account}
            for one in self.happened
            if one.account == account and window + one.second <= self.now
        ]
        return sorted(listed, key=lambda event: event["created"], reverse=True)

    # What `StripeApi`, the inbox, the queue and the cursors are to a run.

    def events(self, account: str, since: int, until: int) -> Iterator[dict[str, Any]]:
        self.step()
        return iter([event for event in self.events_of(account) if since <= event["created"] <= until])

    def newest(self, account: str, before: int) -> Iterator[dict[str, Any]]:
        self.step()
        return iter([event for event in self.events_of(account) if event["created"] < before])

    def unknown(self, ids: Sequence[str]) -> set[str]:
        self.step()
        return set(ids) - self.inbox

    def offer(self, event: Any) -> bool:  # noqa: ANN401 - an event
        self.step()
        self.queue.append(event["id"])
        if self.consumed:
            self.inbox.add(event["id"])
        self.step()  # it may die with the message sent and nothing written down
        return True

    def move(self, account: str, cursor: int) -> None:
        self.step()
        self.at[account] = cursor
        self.step()

    def forget(self, account: str) -> None:
        del self.at[account]

    def run(self) -> bool:
        prepared = Run(
            reconciler=Reconciler(
                self,
                self.unknown,
                self.offer,
                lambda: (self.now - START) // HOUR in self.busy,
                lambda event: event["account"],
            ),
            connected=lambda: ACCOUNTS[1:],
            cursors=lambda: dict(self.at),
            move=self.move,
            forget=self.forget,
            logger=Logger(service="story", level="CRITICAL"),
            now=self.now,
            seconds_left=lambda: 600,
        )
        try:
            run(prepared, Totals())
        except Crash:
            return False
        return True


SECONDS = st.integers(1, (HOURS + 1) * HOUR) | st.sampled_from(
    [hour * HOUR + beside for hour in range(1, HOURS + 1) for beside in (-1, 0, 1)]  # where windows meet
)
HAPPENED = st.builds(Happened, st.sampled_from(ACCOUNTS), SECONDS, st.sampled_from([True, False, False]))


def first_accepted(story: Story, account: str) -> int | None:
    return min((one.second for one in story.happened if one.account == account and one.accepted), default=None)


def told(  # noqa: PLR0913 -- named settings
    events: list[Happened],
    *,
    consumed: bool,
    dies_at: list[int],
    full: int,
    again_at_once: bool = True,
    busy: frozenset[int] = frozenset(),
) -> Story:
    """The story after its last run; one that dies is followed by another at once, or with the next hour only."""
    named = [Happened(one.account, one.second, one.accepted, f"evt_{at}") for at, one in enumerate(events)]
    story = Story(named, consumed, list(dies_at), busy=busy, inbox={one.id for one in named if one.accepted})
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(slices, "FULL", full)
        for _ in range(HOURS + 1):
            while not story.run() and again_at_once:
                noted("a run died")
            story.now += HOUR
    return story


@settings(max_examples=300, deadline=None)
@given(st.lists(HAPPENED, max_size=25), st.booleans(), st.lists(st.integers(1, 60), max_size=4), st.integers(1, 8))
def test_every_missing_event_since_the_first_accepted_one_is_offered_and_no_other(
    events: list[Happened],
    consumed: bool,  # noqa: FBT001 - hypothesis gives it
    dies_at: list[int],
    full: int,
) -> None:
    story = told(events, consumed=consumed, dies_at=dies_at, full=full)

    due = {
        one.id
        for one in story.happened
        if not one.accepted and (first := first_accepted(story, one.account)) is not None and one.second >= first
    }
    assert set(story.queue) == due


@settings(max_examples=300, deadline=None)
@given(st.lists(HAPPENED, max_size=25), st.booleans(), st.integers(1, 8))
def test_without_a_crash_each_is_offered_exactly_once_and_in_order(
    events: list[Happened],
    consumed: bool,  # noqa: FBT001 - hypothesis gives it
    full: int,
) -> None:
    story = told(events, consumed=consumed, dies_at=[], full=full)

    assert [event for event, times in Counter(story.queue).items() if times > 1] == []
    for account in ACCOUNTS:
        seconds = {one.id: one.second for one in story.happened if one.account == account}
        order = [seconds[event] for event in story.queue if event in seconds]
        assert order == sorted(order)


@settings(max_examples=300, deadline=None)
@given(st.lists(HAPPENED, max_size=25), st.sets(st.integers(0, HOURS - 1)), st.integers(1, 8))
def test_a_queue_that_is_not_empty_puts_off_what_it_may_hold_and_loses_nothing(
    events: list[Happened], busy: set[int], full: int
) -> None:
    put_off = told(events, consumed=True, dies_at=[], full=full, busy=frozenset(busy))

    assert sorted(put_off.queue) == sorted(told(events, consumed=True, dies_at=[], full=full).queue)


@settings(max_examples=300, deadline=None)
@given(st.lists(HAPPENED, max_size=25), st.integers(1, 60), st.integers(1, 8))
def test_a_crash_repeats_at_most_what_one_slice_holds(events: list[Happened], dies_at: int, full: int) -> None:
    story = told(events, consumed=False, dies_at=[dies_at], full=full)

    repeated = [event for event, times in Counter(story.queue).items() if times > 1]
    seconds = {one.id: one.second for one in story.happened}
    assert len(repeated) <= full or len({seconds[event] for event in repeated}) == 1


@pytest.mark.parametrize("dies_at", range(1, 25))
def test_wherever_the_very_first_run_dies_the_next_hours_leaves_no_gap(dies_at: int) -> None:
    events = [Happened(PLATFORM, 10, accepted=True), *(Happened(PLATFORM, at, accepted=False) for at in (20, 30, 40))]

    story = told(events, consumed=False, dies_at=[dies_at], full=2, again_at_once=False)

    # One that dies before it has seen the first accepted event has not begun.
    assert set(story.queue) in ({"evt_1", "evt_2", "evt_3"}, set())
    assert story.queue or dies_at <= TO_BEGIN
