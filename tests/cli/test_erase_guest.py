"""`billhook erase-guest` finds guests by session, address or age, and the consumer erases those that it names."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

import boto3
import pytest
from moto import mock_aws

from cli.command import main
from functions.consumer.consume import consume
from functions.consumer.decide.decide import decide
from functions.consumer.message import read_message
from shared.records.order import Order
from shared.stripe_objects.checkout import CheckoutSession
from shared.stripe_objects.event import Event
from shared.stripe_objects.objects import read
from shared.values.platform import PLATFORM
from tests.consumer.examples import MESSAGE_KEY, NOW, REGION
from tests.consumer.faults import Faults
from tests.consumer.tables import make_tables
from tests.consumer.world import World
from tests.effects.erasable_customers import ErasableCustomers
from tests.support.samples import sample

OUTPUTS = [{"OutputKey": "MessageKeyId", "OutputValue": "billhook/message-key"}]
GUEST = "ann@example.com"


@dataclass
class Desk:
    """A stack with two guests and a customer, and the command."""

    world: World
    patch: pytest.MonkeyPatch
    by: str = "account"

    def types(self, *arguments: str) -> int:
        make = boto3.client
        described = {"Outputs": OUTPUTS, "Parameters": [{"ParameterKey": "GroupBy", "ParameterValue": self.by}]}
        cloudformation = SimpleNamespace(describe_stacks=lambda **_asked: {"Stacks": [described]})

        def client(name: str, **_region: str) -> object:
            return cloudformation if name == "cloudformation" else make(name)  # type: ignore[call-overload] # its overloads want literals

        with self.patch.context() as patch:
            patch.setattr(boto3, "client", client)
            return main(["erase-guest", "--stack", "billhook", *arguments])

    def asked(self) -> list[dict[str, Any]]:
        """The messages in the queue of events, with their group."""
        sqs = boto3.client("sqs")
        url = sqs.get_queue_url(QueueName="billhook-events.fifo")["QueueUrl"]
        found = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10, AttributeNames=["All"]).get("Messages", [])
        return [{"body": one["Body"], "group": one["Attributes"]["MessageGroupId"]} for one in found]


def session(name: str, event: Event) -> Order:
    """An order of `event`; of a guest if the event names no customer."""
    about = event.model_copy(update={"data": event.data.model_copy(update={"object": {**event.object, "id": name}})})
    order = Order(account=PLATFORM, subject=event.object["customer"] or name, session_id=name)
    return order.with_session(read(CheckoutSession, about.object), about)


@pytest.fixture
def desk(monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    monkeypatch.setenv("AWS_DEFAULT_REGION", REGION)
    with mock_aws():
        client = boto3.client("dynamodb")
        boto3.client("sqs").create_queue(QueueName="billhook-events.fifo", Attributes={"FifoQueue": "true"})
        boto3.client("secretsmanager").create_secret(Name="billhook/message-key", SecretString=MESSAGE_KEY)
        world = World.on(client, make_tables(client, "billhook"), Faults(client, lambda _request: None))
        ann = {"email": GUEST, "name": "Ann"}
        old = sample("checkout.session.completed", customer=None, customer_details=ann)
        orders = [session("cs_old", old), session("cs_new", sample("checkout.session.completed", customer=None))]
        orders.append(session("cs_customers", sample("checkout.session.completed")))
        ErasableCustomers(world).save(*orders)
        yield Desk(world, monkeypatch)
        client.close()


@pytest.mark.parametrize("whom", ["cs_old", "ann@example.com", "ANN@example.com"])
def test_a_guest_is_found_by_session_or_address_and_erased_by_the_consumer(desk: Desk, whom: str) -> None:
    assert desk.types(whom) == 0
    (asked,) = desk.asked()
    assert asked["group"] == PLATFORM
    assert json.loads(asked["body"])["type"] == "erasure.guest_asked"
    desk.world.decide = decide
    record = {
        "messageId": "message-1",
        "receiptHandle": "receipt",
        "body": asked["body"],
        "attributes": {
            "ApproximateReceiveCount": "1",
            "SentTimestamp": str(NOW * 1000),
            "ApproximateFirstReceiveTimestamp": str(NOW * 1000),
            "MessageGroupId": PLATFORM,
        },
        "messageAttributes": {},
    }
    assert consume(desk.world.consumer, read_message(record)).state == "committed"
    assert "order#cs_old" not in desk.world.books(f"{PLATFORM}#cs_old")
    assert "order#cs_new" in desk.world.books(f"{PLATFORM}#cs_new")


def test_all_guests_of_before_a_day_are_found_and_no_customer(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    assert desk.types("--older-than-days", "0", "--dry-run") == 0
    said = capsys.readouterr().out
    assert "cs_old" in said
    assert "cs_new" in said
    assert "cs_customers" not in said
    assert "2 to erase" in said
    assert GUEST not in said
    assert desk.asked() == []
    assert desk.types("--older-than-days", "100000") == 1


def test_a_damaged_order_is_named_and_stops_nothing(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    desk.world.write_book(f"{PLATFORM}#cs_damaged", "order#cs_damaged", {"record": b"no order"})
    assert desk.types("cs_old") == 0
    assert "unreadable  platform#cs_damaged  order#cs_damaged" in capsys.readouterr().out


def test_in_groups_by_customer_the_message_joins_the_sessions_group(desk: Desk) -> None:
    desk.by = "customer"
    desk.types("cs_old")
    assert [one["group"] for one in desk.asked()] == [f"{PLATFORM}#cs_old"]


@pytest.mark.parametrize("arguments", [(), ("cs_old", "--older-than-days", "3")])
def test_the_command_wants_to_know_whom(
    desk: Desk, arguments: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    assert desk.types(*arguments) == 1
    assert "name the session" in capsys.readouterr().err
    assert desk.asked() == []


def test_who_is_no_guest_is_not_found(desk: Desk) -> None:
    assert desk.types("cs_customers") == 1
    assert desk.types("nobody@example.com") == 1
