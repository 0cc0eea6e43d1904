"""Stopped at any AWS call, without an answer, or beside others, consumer and worker reach the same end."""

from collections import Counter
from collections.abc import Callable
from dataclasses import replace

import pytest

from functions.consumer.commit import claim
from functions.consumer.routes import ROUTES
from functions.effects import handler
from functions.effects.lane import attempt
from functions.effects.lane.lease import Leased
from functions.effects.perform import sweep
from functions.effects.perform.perform import perform
from shared.inbox.outbox import in_lane
from tests.prove.compare import compare
from tests.prove.conftest import Report
from tests.prove.matrix import Matrix
from tests.prove.moto_cloud import Snapshot
from tests.prove.moto_settings import WORKERS_LEASE
from tests.prove.runner import Runner
from tests.prove.scenarios import (
    ROUTED,
    VARIANTS,
    account_leaves,
    asked_at_stripe,
    at_its_time,
    by_hand,
    customer_leaves,
    guest_leaves,
    in_order,
    of_stripe,
    one,
    plan_is_given,
    told_together,
    trial,
)
from tests.prove.wire import OTHERS, Fault, Point

STOPPED = (Fault.STOPPED_BEFORE, Fault.STOPPED_AFTER)

type Scenario = Callable[[Matrix], None]

TOLD: dict[str, Scenario] = {
    "the story": in_order,
    "a trial": trial,
    "paid by hand": by_hand,
    "a customer leaves": customer_leaves,
    "a guest leaves": guest_leaves,
    "an account leaves": account_leaves,
    "asked at Stripe": asked_at_stripe,
    "told together": told_together,
    "a plan is given": plan_is_given,
}
SCENARIOS: dict[str, Scenario] = {
    **TOLD,
    **{f"{name}, at its time": at_its_time(name) for name in VARIANTS},
    **{f"{name}, first of all": one(name) for name in ROUTED},
}
"""Each is a test of its own, so that all processors share the long matrix."""

pytestmark = pytest.mark.usefixtures("every_rule")


@pytest.fixture(autouse=True)
def much_to_erase(monkeypatch: pytest.MonkeyPatch) -> None:
    """A customer has more history than one call deletes. Real page sizes would make moto slow."""
    monkeypatch.setattr(sweep, "PAGE", 4)
    monkeypatch.setattr(sweep, "BATCH", 2)


def tried(runner: Runner, faults: tuple[Fault, ...], *scenarios: Scenario) -> Matrix:
    """The scenarios, each on an empty cloud."""
    matrix = Matrix(runner, faults)
    for scenario in scenarios:
        with runner.rolled_back():
            scenario(matrix)
    return matrix


def every_handler() -> set[str]:
    return {handler.__module__.rpartition(".")[2] for handler in ROUTES.values()}


def test_wherever_it_is_stopped_it_ends_as_if_it_had_not_been(runner: Runner, report: Report) -> None:
    matrix = tried(runner, STOPPED, *TOLD.values())
    report("crash matrix: the story, stopped before and after every call", matrix.table())
    assert matrix.divergences == []
    assert set(matrix.rows) == every_handler()
    assert matrix.total("points") >= 500


def test_others_at_work_on_the_same_event_change_nothing_and_send_nothing_twice(runner: Runner) -> None:
    names = ("invoice.payment_action_required", "account.updated")
    matrix = tried(runner, OTHERS, *(one(name) for name in names), customer_leaves)
    assert matrix.divergences == []
    assert (matrix.total("mail twice"), matrix.total("announced twice")) == (0, 0)


def test_nor_does_it_matter_which_effect_comes_first(runner: Runner, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Leased, "entries", property(lambda ours: [*in_lane(ours.outbox, ours.lane)][::-1]))
    scenarios = [one(name) for name in ("invoice.payment_action_required", "account.updated")]
    matrix = tried(runner, tuple(Fault), *scenarios)
    assert matrix.divergences == []
    assert matrix.total("mail twice") >= len(scenarios)


@pytest.mark.prove
@pytest.mark.parametrize("name", SCENARIOS)
def test_nor_does_any_sample_tell_it_from_a_lost_answer(runner: Runner, report: Report, name: str) -> None:
    matrix = tried(runner, tuple(Fault), SCENARIOS[name])
    report("crash matrix, every fault", matrix.summary(name))
    assert matrix.divergences == []
    assert matrix.total("points") >= 2 * matrix.total("calls") > 0


def lost(matrix: Matrix) -> set[str]:
    """The kinds of the differences in a matrix, one word each."""
    return {difference.partition(": ")[2].partition(" ")[0] for difference in matrix.divergences}


def test_a_consumer_that_does_not_hand_over_again_is_found_out(runner: Runner, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(claim, "owing", lambda _item: ())
    matrix = tried(runner, STOPPED, one("invoice.payment_failed"))
    assert {"inbox", "schedule", "mail", "announcement"} <= lost(matrix)


def test_a_consumer_that_takes_over_a_committed_event_is_found_out(
    runner: Runner, monkeypatch: pytest.MonkeyPatch
) -> None:
    settled = claim._settled  # noqa: SLF001 - as it was
    monkeypatch.setattr(claim, "_settled", lambda item: None if item["state"] == "committed" else settled(item))
    matrix = tried(runner, OTHERS, one("invoice.payment_failed"))
    assert "inbox" in lost(matrix)


def test_mails_are_handed_on_between_the_lease_and_the_first_effect(
    runner: Runner,
) -> None:
    calls = runner.run(of_stripe("invoice.payment_failed"))
    committed = calls.index("dynamodb.TransactWriteItems")
    assert calls[committed + 1 : committed + 6] == (
        "sqs.SendMessage",  # by the consumer
        "dynamodb.UpdateItem",
        "sqs.SendMessage",  # by the worker of the effects
        "secretsmanager.GetSecretValue",  # the key of messages, once in five minutes
        "scheduler.CreateSchedule",
    )


def test_a_worker_that_hands_the_mails_on_only_in_the_end_is_found_out(
    runner: Runner, monkeypatch: pytest.MonkeyPatch
) -> None:
    def late(own: attempt.Attempt) -> attempt.Result:
        result = perform(replace(own, leased=replace(own.leased, hands_over_mails=False)))
        if own.leased.hands_over_mails:
            own.worker.handover.send(own.leased.event_id, own.leased.account, ("mails",))
        return result

    monkeypatch.setattr(handler, "perform", late)
    matrix = tried(runner, STOPPED, one("invoice.payment_failed"))
    assert {"inbox", "mail"} <= lost(matrix)


def test_a_worker_that_forgets_its_marks_is_found_out(runner: Runner, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(attempt, "finish", lambda *_args: None)
    matrix = tried(runner, OTHERS, one("invoice.payment_failed"))
    assert any("mails too many" in one for one in matrix.divergences)


def test_a_worker_without_a_lease_is_found_out(runner: Runner, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(WORKERS_LEASE, "LEASE_SECONDS", "0")
    matrix = tried(runner, OTHERS, one("invoice.payment_failed"))
    assert any("mails too many" in one for one in matrix.divergences)


def test_a_mail_too_many_is_counted_apart_only_where_ses_may_not_have_been_heard() -> None:
    calls = ("dynamodb.PutItem", "dynamodb.TransactWriteItems", "sesv2.SendEmail", "dynamodb.UpdateItem")
    once, twice = (Snapshot({}, {}, {}, {}, Counter({"mail": times}), Counter(), {}, {}) for times in (1, 2))
    points = {Point(call, fault) for call in range(len(calls)) for fault in Fault}
    assert {point for point in points if not compare(once, twice, calls, point).differences} == {
        Point(2, Fault.STOPPED_AFTER),
        Point(2, Fault.ANSWER_LOST),
        Point(2, Fault.ANSWERS_LOST),
        Point(3, Fault.STOPPED_BEFORE),
    }
