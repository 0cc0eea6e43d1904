"""A message that Billhook did not sign does nothing, is named, and leaves the event that it imitates alone."""

import json
from typing import Any

import pytest

from functions.consumer.consume import Outcome, consume
from functions.consumer.message import read_message
from functions.consumer.routes import Ignore
from functions.consumer.verify import AGAIN, GRACE, Verifier
from shared.messages.mac import signed_body
from shared.runtime.message_keys import MessageKeys
from tests.consumer.examples import MESSAGE_KEY, NOW, signed_record_attributes, sqs_record, stripe_event
from tests.consumer.world import World

FOREIGN = "a-key-that-somebody-else-has-made-up"
ERASURE = {
    "id": "due_1",
    "object": "event",
    "type": "erasure.due",
    "created": NOW,
    "account": "acct_1",
    "data": {"object": {"object": "reminder", "id": "cus_1", "customer": "cus_1"}},
}


@pytest.fixture(scope="module")
def engine() -> str:
    """What matters is what is written, not by which engine."""
    return "moto"


def unsigned(body: dict[str, Any], message_id: str = "message-1") -> dict[str, Any]:
    attributes = {"endpoint": {"stringValue": "connect", "dataType": "String"}}
    return sqs_record(body, message_id) | {"messageAttributes": attributes}


def wrongly_signed(body: dict[str, Any], message_id: str = "message-1") -> dict[str, Any]:
    record = sqs_record(body, message_id)
    record["messageAttributes"]["mac"]["stringValue"] = "0" * 64
    return record


def planted(message_id: str = "message-1") -> list[dict[str, Any]]:
    """Messages of somebody who may send to the queue, but does not have the key."""
    relabelled = sqs_record(stripe_event(), message_id)
    relabelled["messageAttributes"]["endpoint"]["stringValue"] = "direct"
    changed = sqs_record(stripe_event(), message_id)
    changed["body"] = changed["body"].replace("cus_1", "cus_2")
    body = signed_body(FOREIGN.encode(), ERASURE)
    return [
        unsigned(stripe_event(), message_id),
        unsigned(ERASURE, message_id) | {"messageAttributes": {}},
        unsigned(stripe_event(), message_id) | {"body": "hello?"},
        wrongly_signed(stripe_event(), message_id),
        wrongly_signed(ERASURE, message_id),
        relabelled,
        changed,
        sqs_record(body, message_id),
    ]


def take(world: World, record: dict[str, Any], verifier: Verifier | None = None) -> Outcome:
    deps = world.consumer
    if verifier:
        object.__setattr__(deps, "verifier", verifier)
    return consume(deps, read_message(record))


def all_items(world: World) -> list[dict[str, Any]]:
    tables = (world.store.inbox, world.store.books, world.store.tombstones)
    return [item for table in tables for item in world.store.client.scan(TableName=table)["Items"]]


@pytest.mark.parametrize("attack", range(len(planted())))
def test_a_planted_message_does_nothing_and_ends_among_the_dead_letters(world: World, attack: int) -> None:
    world.clock.now += GRACE
    outcome = take(world, planted()[attack])
    assert (outcome.state, outcome.wait) == ("untrusted", 0)
    assert outcome.reason in {"unsigned", "wrong MAC"}
    (item,) = all_items(world)
    assert (item["id"], item["state"]) == ({"S": "message:message-1"}, {"S": "failed"})
    assert item["error"]["S"] == f"Untrusted {outcome.reason}"
    assert not {"evt_1", "due_1", "cus_1", "acct_1", "invoice.payment_failed"} & {
        str(value) for attribute in item.values() for value in attribute.values()
    }
    assert world.queues.sent == []


def test_it_is_recorded_once_however_often_it_comes(world: World) -> None:
    record = unsigned(stripe_event())
    assert [take(world, record).state for _ in range(3)] == ["untrusted", "untrusted before", "untrusted before"]


def test_it_does_not_block_the_event_that_it_imitates(world: World) -> None:
    assert take(world, unsigned(stripe_event())).state == "untrusted"
    assert world.consume("message-2").state == "committed"


def test_a_new_key_is_fetched_at_once_when_a_message_is_signed_with_it(world: World) -> None:
    secret = ["an-older-key-that-the-consumer-knows"]
    verifier = Verifier(MessageKeys(lambda: secret[0]), world.store)
    world.clock.now += 1
    assert take(world, sqs_record(stripe_event()), verifier).state == "unverified"
    secret[0] = f"{MESSAGE_KEY}\n{secret[0]}"
    world.clock.now += AGAIN
    assert take(world, sqs_record(stripe_event()), verifier).state == "committed"


def test_a_wrong_mac_is_checked_for_half_a_minute_before_it_is_given_up(world: World) -> None:
    record = wrongly_signed(stripe_event())
    assert take(world, record) == Outcome("unverified", AGAIN, reason="wrong MAC")
    assert all_items(world) == []
    world.clock.now += GRACE
    assert take(world, record).state == "untrusted"


def test_after_a_mistake_with_the_keys_a_redrive_handles_the_event(world: World) -> None:
    lost = Verifier(MessageKeys(lambda: FOREIGN), world.store)
    world.clock.now += GRACE
    assert take(world, sqs_record(stripe_event()), lost).state == "untrusted"
    assert world.inbox() == {}
    assert take(world, sqs_record(stripe_event(), "redriven")).state == "committed"


def test_without_a_usable_key_a_message_waits_and_the_deployment_is_at_fault(world: World) -> None:
    outcome = take(world, sqs_record(stripe_event()), Verifier(MessageKeys(lambda: ""), world.store))
    assert (outcome.state, outcome.failure and outcome.failure.kind) == ("unclaimed", "deployment")
    assert outcome.wait
    assert all_items(world) == []


def test_unsigned_messages_are_handled_until_the_stated_day_and_no_wrong_one_is(world: World) -> None:
    keys = MessageKeys(lambda: MESSAGE_KEY)
    world.clock.now += GRACE
    lenient = Verifier(keys, world.store, accept_unsigned_until=world.clock.now + 1)
    assert take(world, wrongly_signed(stripe_event(), "message-1"), lenient).state == "untrusted"
    assert take(world, unsigned(stripe_event(), "message-2"), lenient).state == "committed"
    world.clock.now += 1
    assert take(world, unsigned(stripe_event("evt_2"), "message-3"), lenient).state == "untrusted"


def test_what_an_endpoint_does_not_vouch_for_is_ignored_beside_the_true_event(world: World) -> None:
    forged = stripe_event(account=None)
    deps = world.consumer
    object.__setattr__(deps, "ignore", Ignore(livemode=True, bound=True))
    outcome = consume(deps, read_message(sqs_record(forged)))
    reason = "the endpoint connect vouches only for events that name an account"
    assert (outcome.state, outcome.wait, outcome.reason) == ("ignored", None, reason)
    assert world.inbox("evt_1@connect")["reason"] == reason
    text = json.dumps(forged)
    true = sqs_record(text, "message-2") | {"messageAttributes": signed_record_attributes(text, endpoint="direct")}
    assert consume(deps, read_message(true)).state == "committed"


@pytest.mark.parametrize(("bound", "reason"), [(False, None), (True, "no account")])
@pytest.mark.parametrize("thin", [False, True])
def test_by_default_the_consumer_handles_what_an_endpoint_does_not_vouch_for(
    reason: str | None, *, bound: bool, thin: bool
) -> None:
    shape = {"object": "v2.core.event", "context": "acct_1"} if thin else {}
    body = json.dumps(stripe_event(**shape))
    record = sqs_record(body) | {"messageAttributes": signed_record_attributes(body, endpoint="direct")}
    said = Ignore(livemode=True, bound=bound)(read_message(record)) or ""
    assert ("vouches" in said) == bound
    assert (reason is None) or said.endswith(reason)
