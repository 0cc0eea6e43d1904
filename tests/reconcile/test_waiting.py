"""While the head of a queue waits, the events behind it do not count as missing; lost ones are found soon after."""

from types import SimpleNamespace
from typing import cast

import pytest

from cli.samples import samples
from functions.reconcile import slices
from functions.reconcile.reconcile import Events, Progress, Reconciler, reconcile
from tests.reconcile.conftest import ACCOUNT, HOUR, OTHER, Lines, System


def test_what_may_be_in_the_queue_is_not_missing_and_the_cursor_stays(system: System, lines: Lines) -> None:
    system.begun()
    system.happens(HOUR + 90, accepted=True)
    system.happens(HOUR + 60)
    system.happens(HOUR + 30)
    begins = system.clock.now - HOUR - 60
    system.a_head_waits()
    lines()

    assert system.run().items() >= {"checked": 1, "missing": 0, "healed": 0}.items()

    assert system.offered() == ["evt_head"]
    assert system.cursors()["platform"] == begins - 1
    [said] = [line for line in lines() if "maybe in the queue" in line["message"]]
    assert (said["account"], said["events"]) == ("platform", 2)


def test_what_was_lost_before_an_event_that_came_is_healed_all_the_same(system: System) -> None:
    system.begun()
    lost = system.happens(HOUR + 90)
    system.happens(HOUR + 60, accepted=True)
    system.happens(HOUR + 30)
    system.a_head_waits()

    assert system.run()["healed"] == 1

    assert system.offered() == ["evt_head", lost]


def test_once_the_queue_is_empty_what_is_still_missing_was_lost(system: System) -> None:
    system.begun()
    handled, lost = system.happens(HOUR + 60), system.happens(HOUR + 30)
    system.a_head_waits()
    system.run()
    system.consume()
    system.accept(handled)

    assert system.run()["missing"] == 1

    assert system.offered() == ["evt_head", lost]


def test_the_next_hour_finds_what_a_busy_queue_hid(system: System) -> None:
    """Behind the lost event another has come by then, so that it is no longer at the end."""
    system.begun()
    lost = system.happens(HOUR + 60)
    system.a_head_waits()
    system.run()
    system.hours_pass()
    system.happens(HOUR + 60, accepted=True)

    assert system.run()["healed"] == 1

    assert system.offered() == ["evt_head", lost]


def test_what_leaves_the_queue_between_two_looks_is_not_missing() -> None:
    events = SimpleNamespace(events=lambda *_: iter([{"id": "evt_1", "created": 5}]))
    answers: list[set[str]] = [set(), {"evt_1"}]  # the last first
    reconciler = Reconciler(cast("Events", events), lambda _ids: answers.pop(), lambda _event: True, lambda: False, str)

    assert list(reconcile(reconciler, "platform", 1, 9)) == [Progress(9, 1, [], 0)]


def test_an_account_that_waits_does_not_hold_up_another(system: System) -> None:
    system.begun(ACCOUNT, OTHER)
    system.happens(HOUR + 60, ACCOUNT)
    lost = system.happens(HOUR + 60, OTHER)
    system.happens(HOUR + 30, OTHER, accepted=True)
    system.a_head_waits()

    system.run()

    assert system.offered() == ["evt_head", lost]


def test_its_own_offers_do_not_make_a_run_wait(system: System, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(slices, "FULL", 2)
    system.begun()
    lost = [system.happens(2 * HOUR - at) for at in range(1, 3000, 300)]

    system.run()

    assert system.offered() == lost


def test_grouped_by_customer_each_customer_waits_alone(system: System) -> None:
    system.group_by = "customer"
    system.begun()
    system.happens(HOUR + 90)
    system.happens(HOUR + 60, name="customer.created", accepted=True, customer="cus_other")
    lost = system.happens(HOUR + 50, name="customer.created", customer="cus_other")
    system.happens(HOUR + 40, name="customer.created", accepted=True, customer="cus_other")
    system.a_head_waits()

    assert system.run().items() >= {"missing": 1, "healed": 1}.items()

    assert system.offered() == ["evt_head", lost]


def test_after_a_day_an_event_no_longer_waits(system: System) -> None:
    system.begun()
    lost = system.happens(HOUR + 60)
    system.a_head_waits()
    assert system.run()["missing"] == 0
    system.hours_pass(24)
    assert system.run()["healed"] == 1
    assert system.offered() == ["evt_head", lost]


def test_what_no_message_can_carry_waits_behind_nothing(system: System) -> None:
    system.begun()
    unfit = samples.fresh("invoice.paid", system.clock.now - HOUR - 60) | {"object": "unheard of", "livemode": False}
    system.stripe.has(unfit, "platform")
    system.a_head_waits()
    assert system.run().items() >= {"missing": 1, "healed": 0}.items()
