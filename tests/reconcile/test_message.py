"""An offered message equals ingest's own, except for its origin."""

import json

from cli.samples import samples
from functions.consumer.message import read_message
from functions.ingest.message import message_for
from functions.ingest.settings import Settings as IngestSettings
from functions.ingest.stripe_event import parse_event
from shared.messages.addressing import stripe_event
from shared.messages.envelope import queue_message
from shared.messages.mac import verify
from tests.reconcile.conftest import HOUR, Lines, System

KEY = b"k" * 32


def test_the_message_is_the_one_that_ingest_would_have_sent_but_for_how_it_came() -> None:
    settings_ = IngestSettings("https://queue.example/e.fifo", "secrets", "message-key", "customer", "eu-central-1")
    for name in samples.names():
        event = samples.sample(name)
        endpoint = "connect" if event.get("account") else "direct"
        body = samples.encode(event)
        sent = message_for(parse_event(body), body, endpoint, settings_, KEY)
        ours = queue_message(
            stripe_event(event), json.dumps(event), "reconcile", settings_.queue_url, settings_.group_by, KEY
        )

        assert json.loads(ours["MessageBody"]) == json.loads(sent["MessageBody"])
        how = {"DataType": "String", "StringValue": "reconcile"}
        attributes = {**sent["MessageAttributes"], "endpoint": how}
        attributes["mac"] = ours["MessageAttributes"]["mac"]  # over another body
        assert ours == {**sent, "MessageBody": ours["MessageBody"], "MessageAttributes": attributes}
        for message in (ours, sent):
            values = {name: one["StringValue"] for name, one in message["MessageAttributes"].items()}
            assert verify([KEY], message["MessageBody"], values) == "signed"


def test_the_consumer_reads_it_and_sees_how_it_came(system: System) -> None:
    system.begun()
    lost = system.happens(HOUR + 60)
    system.run()

    (message,) = system.messages()
    attributes = {name: {"stringValue": one["StringValue"]} for name, one in message["MessageAttributes"].items()}
    read = read_message(
        {
            "messageId": message["MessageId"],
            "receiptHandle": message["ReceiptHandle"],
            "body": message["Body"],
            "attributes": message["Attributes"] | {"ApproximateFirstReceiveTimestamp": "0"},
            "messageAttributes": attributes,
        }
    )

    assert (read.event_id, read.type, read.endpoint) == (lost, "invoice.paid", "reconcile")
    assert message["Attributes"]["MessageDeduplicationId"] == lost


def test_what_no_message_can_carry_is_missing_and_stays_so(system: System, lines: Lines) -> None:
    system.begun()
    event = samples.fresh("invoice.paid", system.clock.now - HOUR - 60)
    event["data"]["object"]["description"] = "x" * 2**20
    system.stripe.has(event)
    after = system.happens(HOUR + 30)

    assert system.run().items() >= {"accounts": 1, "checked": 2, "missing": 2, "healed": 1, "handed_over": 0}.items()

    assert system.offered() == [after]
    assert [line["reason"] for line in lines() if line.get("level") == "ERROR"] == ["too_large"]
