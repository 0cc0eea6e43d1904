"""A replay begins as a plan: it shows what would come of each event, and sends only after a yes."""

import builtins
import io
import json
import sys
from typing import Any

import boto3
import pytest

from cli.where import Where
from shared.failures.errors import Permanent
from shared.messages.mac import verify
from tests.cli.operator_at_work import Operator
from tests.consumer.examples import MESSAGE_KEY
from tests.support.samples import EVENTS, sample

FAILED = "invoice.payment_failed"


class Terminal(io.StringIO):
    """Standard input of a person."""

    def isatty(self) -> bool:
        return True


@pytest.fixture(autouse=True)
def stack(at_work: Operator, monkeypatch: pytest.MonkeyPatch) -> None:
    """A stack with a key of its messages and one dead letter, whose bug is mended."""
    boto3.client("secretsmanager").create_secret(Name="message-key", SecretString=MESSAGE_KEY)
    monkeypatch.setattr(Where, "described", lambda _where: ({"MessageKeyId": "message-key"}, {"GroupBy": "account"}))
    event: dict[str, Any] = {"account": None, **json.loads((EVENTS / f"{FAILED}.json").read_text())}
    at_work.fails_at("evt_1", Permanent("bug", "somewhere"), **{name: event[name] for name in event if name != "id"})


def queued(at_work: Operator) -> list[Any]:
    url = at_work.sqs.get_queue_url(QueueName="billhook-events.fifo")["QueueUrl"]
    return at_work.sqs.receive_message(QueueUrl=url, MessageAttributeNames=["All"], AttributeNames=["All"]).get(
        "Messages", []
    )


def answers(monkeypatch: pytest.MonkeyPatch, answer: str) -> None:
    monkeypatch.setattr(sys, "stdin", Terminal())
    monkeypatch.setattr(builtins, "input", lambda _question: answer)


def test_the_plan_alone_changes_nothing(at_work: Operator, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO())
    said = at_work.types("replay", "evt_1", code=1)
    assert "past due: no -> yes" in said
    assert "1 event into the queue of billhook, 1 mail at most" in said
    assert "add --yes" in said
    assert queued(at_work) == []


@pytest.mark.parametrize(
    ("answer", "sent"), [("yes", 1), ("y", 1), ("Y", 1), (" YES ", 1), ("no", 0), ("yep", 0), ("", 0)]
)
def test_a_person_is_asked(at_work: Operator, monkeypatch: pytest.MonkeyPatch, answer: str, sent: int) -> None:
    answers(monkeypatch, answer)
    said = at_work.types("replay", "evt_1", code=0 if sent else 1)
    assert ("nothing was changed" in said) == (not sent)
    assert len(queued(at_work)) == sent


def test_the_end_of_the_input_is_no(at_work: Operator, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", Terminal())
    assert "nothing was changed" in at_work.types("replay", "evt_1", code=1)
    assert queued(at_work) == []


def test_the_message_is_signed_and_in_the_accounts_group(at_work: Operator) -> None:
    at_work.types("replay", "evt_1", "--yes")
    (message,) = queued(at_work)
    assert message["Attributes"]["MessageGroupId"] == "platform"
    values = {name: one["StringValue"] for name, one in message["MessageAttributes"].items()}
    assert verify([MESSAGE_KEY.encode()], message["Body"], values) == "signed"
    assert json.loads(message["Body"])["id"] == "evt_1"


def test_what_would_come_to_nothing_is_left_out_with_the_reason(at_work: Operator) -> None:
    at_work.handles("customer.subscription.created", "evt_2")
    bad = {**sample(FAILED).object, "amount_remaining": "a fortune"}
    at_work.handles(FAILED, "evt_3", data={"object": bad})
    said = at_work.types("replay", "evt_1", "evt_2", "evt_3", "evt_4", "--yes")
    assert "evt_2  left out: it is " in said
    assert "evt_3  left out: this code fails on it: Permanent invoice_int_parsing at amount_remaining" in said
    assert "evt_4  left out: no payload of it is archived" in said
    assert [json.loads(one["Body"])["id"] for one in queued(at_work)] == ["evt_1"]


def test_nothing_to_replay_is_said(at_work: Operator) -> None:
    assert "nothing to replay" in at_work.types("replay", "evt_9", code=1)
    assert "name at least one event" in at_work.types("replay", code=1)
