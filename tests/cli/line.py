"""The queue of events in front of an operator: what lies in it, and the consumer that handles it."""

import json
from typing import Any

from functions.consumer.consume import consume
from functions.consumer.decide.decide import decide
from functions.consumer.message import read_message
from tests.cli.operator_at_work import Operator
from tests.consumer.examples import NOW


def queued(at_work: Operator) -> list[dict[str, Any]]:
    """The events in the queue, each with its group; they are gone from it afterwards."""
    url = at_work.sqs.get_queue_url(QueueName="billhook-events.fifo")["QueueUrl"]
    found: list[dict[str, Any]] = []
    asked: Any = {"QueueUrl": url, "AttributeNames": ["All"], "MaxNumberOfMessages": 10}
    while messages := at_work.sqs.receive_message(**asked).get("Messages", []):
        for one in messages:
            found.append({"body": one["Body"], "group": one["Attributes"]["MessageGroupId"]})
            at_work.sqs.delete_message(QueueUrl=url, ReceiptHandle=one["ReceiptHandle"])
    return found


def handled(at_work: Operator) -> list[tuple[dict[str, Any], str]]:
    """The events in the queue, each with its state once the consumer has handled it."""
    at_work.world.decide = decide
    done: list[tuple[dict[str, Any], str]] = []
    for message in queued(at_work):
        event = json.loads(message["body"])
        attributes = {"ApproximateReceiveCount": "1", "MessageGroupId": message["group"]}
        times = dict.fromkeys(("SentTimestamp", "ApproximateFirstReceiveTimestamp"), str(NOW * 1000))
        record = {"messageId": f"message of {event['id']}", "receiptHandle": "receipt", "body": message["body"]}
        read = read_message(record | {"attributes": attributes | times, "messageAttributes": {}})
        done.append((event, consume(at_work.world.consumer, read).state))
    return done
