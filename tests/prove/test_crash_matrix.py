"""Stopped before or after any of its calls to AWS, or left without an answer, the consumer ends where it would have."""

from collections import Counter
from collections.abc import Callable

import pytest

from functions.consumer import consume, eraser, perform
from functions.consumer.routes import ROUTES
from tests.prove.compare import compare
from tests.prove.conftest import Report
from tests.prove.matrix import Matrix
from tests.prove.plays import (
    account_leaving,
    by_hand,
    first_of_all,
    in_order,
    in_order_with_variants,
    leaving,
    one,
    trial,
)
from tests.prove.stage import Scene
from tests.prove.theatre import Theatre
from tests.prove.wire import Fault, Point

STOPPED = (Fault.STOPPED_BEFORE, Fault.STOPPED_AFTER)

type Play = Callable[[Matrix], None]


@pytest.fixture(autouse=True)
def much_to_erase(monkeypatch: pytest.MonkeyPatch) -> None:
    """A customer with more history than one call deletes; moto grows slow with as much as that really takes."""
    monkeypatch.setattr(eraser, "AT_ONCE", 2)


def tried(theatre: Theatre, faults: tuple[Fault, ...], *plays: Play) -> Matrix:
    """The plays, each on an empty stage."""
    matrix = Matrix(theatre, faults)
    for play in plays:
        with theatre.aside():
            play(matrix)
    return matrix


def every_handler() -> set[str]:
    return {handler.__module__.rpartition(".")[2] for handler in ROUTES.values()}


def test_wherever_it_is_stopped_it_ends_as_if_it_had_not_been(theatre: Theatre, report: Report) -> None:
    matrix = tried(theatre, STOPPED, in_order, trial, by_hand, leaving, account_leaving)
    report("crash matrix: the story, stopped before and after every call", matrix.table())
    assert matrix.divergences == []
    assert set(matrix.rows) == every_handler()
    assert matrix.total("points") >= 500


def test_nor_does_it_matter_which_of_what_is_performed_at_once_comes_first(
    theatre: Theatre, monkeypatch: pytest.MonkeyPatch
) -> None:
    in_order_of_the_outbox = perform.turns_of
    monkeypatch.setattr(perform, "turns_of", lambda outbox: [turn[::-1] for turn in in_order_of_the_outbox(outbox)])
    names = ("invoice.payment_action_required", "customer.subscription.created", "account.updated")
    plays = [one(name) for name in names]
    matrix = tried(theatre, tuple(Fault), *plays)
    assert matrix.divergences == []
    assert matrix.total("mail twice") >= len(plays)


@pytest.mark.prove
def test_nor_does_any_sample_tell_it_from_a_lost_answer(theatre: Theatre, report: Report) -> None:
    matrix = tried(theatre, tuple(Fault), in_order_with_variants, first_of_all, leaving, account_leaving)
    report("crash matrix: every sample in the story and as the first heard, every fault", matrix.table())
    assert matrix.divergences == []
    assert set(matrix.rows) == every_handler()
    assert matrix.total("points") >= 4000


def test_a_consumer_that_forgets_what_it_owes_is_found_out(theatre: Theatre, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(consume, "load", lambda _stored: ())
    matrix = tried(theatre, STOPPED, one("invoice.payment_failed"))
    lost = {difference.partition(": ")[2].partition(" ")[0] for difference in matrix.divergences}
    assert {"inbox", "schedule", "mail", "announcement"} <= lost


def test_a_mail_too_many_is_counted_apart_only_where_ses_may_not_have_been_heard() -> None:
    calls = ("dynamodb.PutItem", "dynamodb.TransactWriteItems", "sesv2.SendEmail", "dynamodb.UpdateItem")
    once, twice = (Scene({}, {}, Counter({"mail": times}), Counter(), {}, {}) for times in (1, 2))
    points = {Point(call, fault) for call in range(len(calls)) for fault in Fault}
    assert {point for point in points if not compare(once, twice, calls, point).differences} == {
        Point(2, Fault.STOPPED_AFTER),
        Point(2, Fault.ANSWER_LOST),
        Point(2, Fault.ANSWERS_LOST),
        Point(3, Fault.STOPPED_BEFORE),
    }
