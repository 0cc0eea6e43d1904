"""Whoever may send to a queue, or redrives what somebody planted, moves nothing; a real message survives lost keys."""

import json
import time
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import pytest

from cli.local.stack import Stack, deployed
from cli.samples import samples
from shared.messages.mac import signed_attributes
from tests.cloud.conftest import ARCHITECTURE, BUILT, SECRET
from tests.cloud.test_redrive import redrive

if TYPE_CHECKING:
    from mypy_boto3_secretsmanager.client import SecretsManagerClient
    from mypy_boto3_sqs.client import SQSClient
    from mypy_boto3_sqs.type_defs import MessageAttributeValueTypeDef

pytestmark = pytest.mark.cloud

LOST = "a-key-that-was-lost-from-the-secret-by-mistake"


@pytest.fixture(scope="module")
def stack() -> Iterator[Stack]:
    """A stack of this file's own: a redrive moves every dead letter, also those that other files leave."""
    with deployed(BUILT, ARCHITECTURE, SECRET) as stack:
        yield stack


def untrusted(stack: Stack) -> set[str]:
    return {one["id"] for one in stack.all_inbox() if one["type"] == "untrusted"}


@pytest.fixture
def keys(stack: Stack) -> Iterator[Callable[[str], None]]:
    """A function that replaces the secret's value, until the test ends."""
    manager: SecretsManagerClient = stack.cloud.client("secretsmanager")
    secret = stack.outputs["MessageKeyId"]
    before = manager.get_secret_value(SecretId=secret)["SecretString"]

    def put(more: str) -> None:
        manager.put_secret_value(SecretId=secret, SecretString=f"{before}\n{more}")

    yield put
    manager.put_secret_value(SecretId=secret, SecretString=before)


def until(holds: Callable[[], bool], seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def send(stack: Stack, body: str, group: str, attributes: "dict[str, MessageAttributeValueTypeDef]") -> str:
    sqs: SQSClient = stack.cloud.client("sqs")
    queue = stack.outputs["EventsQueueUrl"]
    sent = sqs.send_message(QueueUrl=queue, MessageBody=body, MessageGroupId=group, MessageAttributes=attributes)
    return sent["MessageId"]


def test_a_planted_erasure_does_nothing_not_even_after_a_redrive(stack: Stack, account: str) -> None:
    known = samples.fresh("customer.subscription.created", stack.now(), account=account)
    stack.send(known)
    stack.settled(known["id"])
    customer = known["data"]["object"]["customer"]
    before = stack.organization(customer, account)
    assert before is not None
    event: dict[str, Any] = {
        "id": f"due_{account}",
        "object": "event",
        "type": "erasure.due",
        "created": stack.now(),
        "account": account,
        "data": {"object": {"object": "reminder", "id": customer, "customer": customer}},
    }

    planted = send(stack, json.dumps(event), account, {})
    item = stack.settled(f"message:{planted}")
    assert (item["state"], item["error"]) == ("failed", "Untrusted unsigned")
    until(lambda: stack.dead_letters() == 1)
    redrive(stack, "DeadLetterQueueUrl")
    until(lambda: len(untrusted(stack)) == 2)
    until(lambda: stack.dead_letters() == 1)

    assert stack.inbox(event["id"]) is None
    assert stack.organization(customer, account) == before
    after = samples.fresh("invoice.paid", stack.now(), account=account)
    stack.send(after)
    assert stack.settled(after["id"])["state"] == "done"


def test_a_message_of_a_lost_key_is_handled_when_the_key_is_back_and_it_is_redriven(
    stack: Stack, account: str, keys: Callable[[str], None]
) -> None:
    event = samples.fresh("invoice.paid", stack.now(), account=account)
    body, dead = samples.encode(event).decode(), stack.dead_letters()
    attributes = signed_attributes(LOST.encode(), body, {"endpoint": "connect", "type": "invoice.paid"})

    sent = send(stack, body, account, attributes)
    for _ in range(4):  # the consumer checks a wrong MAC again, for half a minute
        time.sleep(0.5)
        stack.cloud.advance(11)
    assert stack.settled(f"message:{sent}")["error"] == "Untrusted wrong MAC"
    until(lambda: stack.dead_letters() == dead + 1)
    assert stack.inbox(event["id"]) is None

    keys(LOST)
    stack.cloud.advance(11)
    redrive(stack, "DeadLetterQueueUrl")

    assert stack.settled(event["id"])["state"] == "done"
    assert stack.settled(event["id"])["endpoint"] == "connect"
    until(lambda: stack.dead_letters() == dead)
