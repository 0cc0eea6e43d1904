"""A redrive of effects or mails moves chosen hand-overs back, and sees whether the worker performs them."""

import json

import pytest

from cli.operate import again, move_some
from cli.operate.again import Watch
from cli.operate.letters import letters_in
from cli.see.inbox import Tables
from tests.cli.operator_at_work import Operator
from tests.cli.see.test_dead import give_up_the_mails


@pytest.fixture
def dead(at_work: Operator, monkeypatch: pytest.MonkeyPatch) -> Operator:
    """The mails of an event were given up, and another message lies beside theirs."""
    monkeypatch.setattr(move_some, "WAIT", 0)
    monkeypatch.setattr(again, "SECONDS", 0)
    give_up_the_mails(at_work)
    at_work.lies_in("mails-dlq", '{"event": "evt_1", "account": "acct_1"}')
    at_work.lies_in("mails-dlq", '{"event": "evt_other"}')
    return at_work


def lying(at_work: Operator, queue: str) -> list[str]:
    url = at_work.sqs.get_queue_url(QueueName=f"billhook-{queue}")["QueueUrl"]
    found = at_work.sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10, VisibilityTimeout=0)
    return sorted(json.loads(one["Body"])["event"] for one in found.get("Messages", []))


def watch(at_work: Operator) -> Watch:
    tables = Tables(at_work.world.store.client, "billhook")
    return Watch(tables, "mails-dlq", {one.event_id: one for one in letters_in(tables.unfinished(), "mails-dlq")})


def test_the_mails_of_one_cause_go_back_and_the_other_message_stays(dead: Operator) -> None:
    said = dead.types("redrive", "mails-dlq", "--cause", "KeyError", "--yes", "--pace", "1000")
    assert "1 event would go back to mails" in said
    assert "evt_1  owes 1 effect" in said
    assert "1 mail at most: " in said
    assert "1 message moved to mails" in said
    assert (lying(dead, "mails"), lying(dead, "mails-dlq")) == (["evt_1"], ["evt_other"])


def test_what_is_not_in_the_queue_is_said_with_a_way_out(dead: Operator) -> None:
    dead.sqs.purge_queue(QueueUrl=dead.sqs.get_queue_url(QueueName="billhook-mails-dlq")["QueueUrl"])
    said = dead.types("redrive", "mails-dlq", "--cause", "KeyError", "--yes", code=1)
    assert "1 event could not be reached" in said
    assert "./billhook handover --failed" in said


def test_the_books_are_not_asked_for_mails_that_are_decided(dead: Operator) -> None:
    dead.types("redrive", "mails-dlq", "--cause", "KeyError", "--yes")
    assert "GetFunctionConfiguration" not in dead.calls


def test_a_worker_that_has_not_come_yet_is_waited_for(dead: Operator) -> None:
    assert watch(dead).look(["evt_1"]).waiting == ("evt_1",)


def test_a_mail_that_is_sent_has_settled(dead: Operator) -> None:
    looking = watch(dead)
    dead.world.clock.now += 600
    dead.world.work("mails", sent=dead.world.clock.now)
    assert looking.look(["evt_1"]).settled == ("evt_1",)


def test_a_mail_that_fails_again_is_known_from_its_first_attempt(dead: Operator) -> None:
    looking = watch(dead)
    dead.world.services.mail_errors = [KeyError("x")] * 8
    dead.world.clock.now += 600
    dead.world.work("mails", sent=dead.world.clock.now)
    ((event_id, error),) = looking.look(["evt_1"]).failed
    assert event_id == "evt_1"
    assert error == looking.letters["evt_1"].error


def test_an_event_that_the_inbox_has_forgotten_has_settled(dead: Operator) -> None:
    assert watch(dead).look(["evt_9"]).settled == ("evt_9",)
