"""Events that cannot be handled are dead-lettered, and events that need no handling are ignored."""

import time
from typing import TYPE_CHECKING, Any

import pytest

from cli.local.stack import Stack
from cli.samples import samples
from cli.samples.wrap import LOCAL_KEY
from shared.compression.packing import unpack
from shared.messages.mac import signed_attributes

if TYPE_CHECKING:
    from mypy_boto3_sqs.client import SQSClient

pytestmark = pytest.mark.cloud


def dead_lettered(stack: Stack, account: str, seconds: float = 20) -> int:
    """How many dead letters of `account` there are, once there is one; those of other tests do not count."""
    sqs: SQSClient = stack.cloud.client("sqs")
    found = set[str]()
    deadline = time.monotonic() + seconds
    while not found and time.monotonic() < deadline:
        time.sleep(0.1)
        answer = sqs.receive_message(
            QueueUrl=stack.outputs["DeadLetterQueueUrl"],
            MaxNumberOfMessages=10,
            VisibilityTimeout=0,
            MessageSystemAttributeNames=["MessageGroupId"],
        )
        found |= {
            one["MessageId"] for one in answer.get("Messages", ()) if account in one["Attributes"]["MessageGroupId"]
        }
    return len(found)


def poison(stack: Stack, account: str) -> dict[str, Any]:
    event = samples.fresh("invoice.payment_failed", stack.now(), account=account)
    event["data"]["object"]["amount_remaining"] = "a fortune"
    return event


def test_an_event_that_can_never_succeed_is_recorded_and_dead_lettered_in_seconds(stack: Stack, account: str) -> None:
    event = poison(stack, account)

    assert stack.send(event).status == 200
    item = stack.settled(event["id"])

    assert item["state"] == "failed"
    assert item["error"] == "Permanent invoice_int_parsing at amount_remaining"
    assert dead_lettered(stack, account) == 1


def test_an_accounts_later_events_go_on_after_poison(stack: Stack, account: str) -> None:
    stack.send(poison(stack, account))
    good = samples.fresh("invoice.paid", stack.now(), account=account)
    stack.send(good)

    assert stack.settled(good["id"])["state"] == "done"
    assert dead_lettered(stack, account) == 1


def test_a_signed_message_that_is_no_event_is_recorded_and_dead_lettered(stack: Stack, account: str) -> None:
    sqs: SQSClient = stack.cloud.client("sqs")
    sent = sqs.send_message(
        QueueUrl=stack.outputs["EventsQueueUrl"],
        MessageBody="hello?",
        MessageAttributes=signed_attributes(LOCAL_KEY, "hello?", {}),
        MessageGroupId=account,
    )

    item = stack.settled(f"message:{sent['MessageId']}")

    assert (item["state"], item["error"]) == ("failed", "Permanent event_json_invalid")
    assert dead_lettered(stack, account) == 1


def test_an_event_without_a_handler_is_recorded_as_ignored(stack: Stack, account: str) -> None:
    event = samples.fresh("payout.created", stack.now(), account=account) | {"type": "price.created"}
    stack.send(event)

    item = stack.settled(event["id"])

    assert (item["state"], item["reason"]) == ("ignored", "no handler for its type")


def test_a_test_mode_event_on_a_live_stack_changes_nothing(stack: Stack, account: str) -> None:
    event = samples.fresh("invoice.payment_failed", stack.now(), account=account) | {"livemode": False}
    stack.send(event)

    item = stack.settled(event["id"])

    assert (item["state"], item["reason"]) == ("ignored", "a test-mode event on a live stack")
    assert stack.organization(event["data"]["object"]["customer"], account) is None


def test_the_payload_is_archived_byte_for_byte_in_its_customers_partition(stack: Stack, account: str) -> None:
    event = samples.fresh("invoice.paid", stack.now(), account=account)
    stack.send(event)
    stack.settled(event["id"])

    (archived,) = [item for item in stack.books() if f"#{event['id']}#" in item["sk"]]

    assert archived["pk"] == f"{account}#{event['data']['object']['customer']}"
    assert unpack(archived["payload"]) == samples.encode(event).decode()
