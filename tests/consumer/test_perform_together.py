"""What an event owes is performed at once, in threads, and what must come before something else comes before it."""

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from itertools import combinations
from threading import Barrier, Event

import pytest

from functions.consumer import perform as stage
from functions.consumer.commit import commit
from functions.effects.perform import Performers, perform, turns_of
from shared.decision import Decision
from shared.effects import Effect, Email, Erase, Export, Remind
from shared.inbox.outbox import Owed, load, owed_for
from tests.consumer.world import NOW, World, announcement, mail, reminder

PATIENCE = 5
"""Seconds: what should happen at once and has not by then never will."""

EVERY: tuple[Effect, ...] = (
    reminder(),
    Export(account="acct_1", customer="cus_1"),
    Erase(account="acct_1", customer="cus_1", as_of=NOW),
    announcement(),
    mail("one"),
    mail("two"),
)


@pytest.fixture(scope="module")
def engine() -> str:
    return "moto"


@pytest.fixture
def threads() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(4) as pool:
        yield pool


def perform_owed(world: World, performers: Performers, *effects: Effect) -> None:
    claimed = world.claim()
    outbox = commit(world.store, claimed, world.event(), "{}", Decision(then=effects))
    world.faults.calls.clear()
    perform(world.store, performers, claimed, outbox, {one.key: one for one in effects if isinstance(one, Email)})


def kinds(outbox: tuple[Owed, ...], turn: list[int]) -> list[str]:
    return [outbox[index].kind for index in turn]


def test_a_reminder_an_announcement_and_a_mail_are_under_way_at_the_same_time(
    world: World, threads: ThreadPoolExecutor
) -> None:
    all_three = Barrier(3, timeout=PATIENCE)

    def meet(outcome: str) -> str:
        all_three.wait()  # breaks, and fails the event, if one of them waits for another
        return outcome

    performers = replace(
        world.performers,
        set_reminder=lambda _remind: meet("set"),
        publish=lambda _announcements: meet("published"),
        send_mail=lambda _mail: meet("sent"),
        begin=threads.submit,
    )
    perform_owed(world, performers, mail(), reminder(), announcement())
    assert world.faults.calls == ["UpdateItem"]
    inbox = world.inbox()
    assert [owed.outcome for owed in load(inbox["outbox"])] == ["set", "published", "sent"]
    assert inbox["state"] == "done"


def test_a_mail_is_marked_while_what_is_performed_beside_it_still_waits(
    world: World, threads: ThreadPoolExecutor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stage, "PROMPT", 0.05)
    marked = Event()
    world.faults.meanwhile("UpdateItem", marked.set)

    def set_reminder(_remind: Remind) -> str:
        assert marked.wait(PATIENCE)
        return "set"

    perform_owed(world, replace(world.performers, set_reminder=set_reminder, begin=threads.submit), mail(), reminder())
    assert world.faults.calls == ["UpdateItem", "UpdateItem"]
    assert world.inbox()["state"] == "done"


def test_what_was_performed_long_before_a_failure_beside_it_is_marked_with_it(
    world: World, threads: ThreadPoolExecutor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stage, "PROMPT", 0.05)

    def fail_late(_announcements: object) -> str:
        time.sleep(0.3)
        raise KeyError("late")

    performers = replace(world.performers, publish=fail_late, begin=threads.submit)
    with pytest.raises(KeyError):
        perform_owed(world, performers, reminder(), announcement())
    assert [owed.outcome for owed in load(world.inbox()["outbox"])] == ["set", None]


def test_of_two_failures_at_once_one_is_told_and_nothing_is_lost(world: World, threads: ThreadPoolExecutor) -> None:
    world.outside.mail_troubles, world.outside.reminder_troubles = [KeyError("mail")], [KeyError("reminder")]
    with pytest.raises(KeyError):
        perform_owed(world, replace(world.performers, begin=threads.submit), mail(), reminder(), announcement())
    assert [owed.outcome for owed in load(world.inbox()["outbox"])] == [None, "published", None]
    assert world.inbox()["state"] == "committed"


def test_an_export_and_an_erasure_come_before_what_tells_of_them_and_mails_one_by_one() -> None:
    outbox = owed_for(EVERY)
    assert [kinds(outbox, turn) for turn in turns_of(outbox)] == [
        ["export", "erase"],
        ["remind", "publish", "email"],
        ["email"],
    ]


@pytest.mark.parametrize("count", range(len(EVERY) + 1))
def test_what_is_owed_still_has_its_turn_once_and_what_is_performed_has_none(count: int) -> None:
    outbox = owed_for(EVERY)
    for performed in combinations(range(len(outbox)), count):
        left = tuple(
            owed.model_copy(update={"outcome": "done"}) if index in performed else owed
            for index, owed in enumerate(outbox)
        )
        turns = turns_of(left)
        assert sorted(index for turn in turns for index in turn) == sorted(set(range(len(outbox))) - set(performed))
        assert all(kinds(left, turn).count("email") <= 1 for turn in turns)
