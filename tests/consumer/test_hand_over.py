"""Hand-over: after its commit the consumer only notifies the worker, repeats that until it works."""

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError

from functions.consumer.consume import Outcome
from functions.effects.lane.attempt import Attempt
from functions.effects.lane.lease import lease
from functions.effects.perform.perform import perform
from shared.decisions.decision import Decision
from shared.failures.backoff import BUG, FAULTY_FOR
from shared.inbox.leases import LeasedElsewhere
from tests.consumer.examples import LEASE, NOW, mail, reminder
from tests.consumer.faults import Crash
from tests.consumer.world import World

BOTH_LANES = [("effects", "evt_1", "acct_1"), ("mails", "evt_1", "acct_1")]


@pytest.fixture(scope="module")
def engine() -> str:
    return "moto"


def decided_again(*_: object) -> None:
    raise AssertionError("decided again")


def refusal(code: str, status: int = 400) -> ClientError:
    """What SQS answers to a SendMessage that it refuses."""
    answer = {"Error": {"Code": code, "Message": "no"}, "ResponseMetadata": {"HTTPStatusCode": status}}
    return ClientError(answer, "SendMessage")  # type: ignore[arg-type] # as much of it as matters


@pytest.mark.parametrize("message", ["message-1", "message-2"], ids=["redelivered", "sent again by Stripe"])
def test_an_unfinished_event_that_comes_again_is_handed_over_by_reading_alone(world: World, message: str) -> None:
    world.consume()
    world.queues.sent.clear()
    world.decide = decided_again  # type: ignore[assignment] # it must not be called
    before = world.inbox()
    world.faults.calls.clear()
    assert world.consume(message) == Outcome("handed over")
    assert len(world.faults.calls) == 1
    assert world.queues.sent == BOTH_LANES
    assert world.inbox() == before


def test_only_the_lanes_that_still_owe_something_are_handed_over_again(world: World) -> None:
    world.consume()
    world.work("effects")
    world.queues.sent.clear()
    world.consume()
    assert world.queues.sent == [("mails", "evt_1", "acct_1")]


def test_an_event_handed_over_twice_has_its_consequences_once(world: World) -> None:
    world.consume()
    world.consume()
    world.work_all()
    assert (world.services.mails, world.services.reminders) == ([mail()], [reminder()])


def test_a_redelivery_while_the_worker_is_in_mid_mail_does_not_fence_it_off(world: World) -> None:
    world.consume()
    leased = world.lease("mails")
    assert world.consume().state == "handed over"
    again = world.owed_message("mails", message_id="handed over again")
    assert lease(world.store, again) == LeasedElsewhere(LEASE)
    assert perform(Attempt(world.worker, leased, NOW * 1000, NOW + 45)).state == "performed"
    assert world.services.mails == [mail()]


def test_what_sqs_refuses_is_handed_over_when_the_message_comes_again(world: World) -> None:
    world.queues.errors = [EndpointConnectionError(endpoint_url="https://sqs.example")]
    verdict = world.consume()
    assert (verdict.state, verdict.wait, verdict.attempt) == ("not handed over", 4, 1)
    assert str(verdict.failure) == "BotoCoreError EndpointConnectionError"
    assert (world.inbox()["state"], world.queues.sent) == ("committed", [])
    world.decide = decided_again  # type: ignore[assignment] # it must not be called
    assert world.consume().state == "handed over"
    assert world.queues.sent == BOTH_LANES


def test_the_first_hand_over_is_one_message_however_many_lanes_are_owed(world: World) -> None:
    world.consume()
    assert world.queues.sent == BOTH_LANES[:1]
    world.queues.sent.clear()
    world.decide = lambda _event, _books: Decision(then=(mail("another"),))
    world.consume("message-2", "evt_2")
    assert world.queues.sent == [("mails", "evt_2", "acct_1")]


def test_when_sqs_takes_one_of_two_messages_both_are_sent_again(world: World) -> None:
    world.consume()
    world.queues.sent.clear()
    world.queues.errors = [None, EndpointConnectionError(endpoint_url="https://sqs.example")]
    assert world.consume().state == "not handed over"
    assert world.queues.sent == BOTH_LANES[:1]
    world.consume()
    world.work_all()
    assert (world.services.mails, world.services.reminders) == ([mail()], [reminder()])


def test_the_consumer_never_writes_the_item_after_its_commit(world: World) -> None:
    world.queues.errors = [EndpointConnectionError(endpoint_url="https://sqs.example")] * 3
    world.consume()
    assert world.faults.calls[-1] == "TransactWriteItems"
    before = world.inbox()
    for _ in range(3):
        world.consume()
    assert world.inbox() == before


@pytest.mark.parametrize("crashes", [[Crash()], [Crash(), None, Crash()]], ids=["the first", "and the next"])
def test_a_crash_in_the_hand_over_loses_nothing_and_repeats_nothing(
    world: World, crashes: list[BaseException | None]
) -> None:
    world.queues.errors = list(crashes)
    for _ in range(crashes.count(None) + 1):
        with pytest.raises(Crash):
            world.consume()
    assert world.consume().state == "handed over"  # at once, since the commit has released the lease
    world.work_all()
    assert (world.services.mails, world.services.reminders) == ([mail()], [reminder()])


@pytest.mark.parametrize(
    "code",
    ["AccessDenied", "KMS.DisabledException", "KmsDisabled", "AWS.SimpleQueueService.NonExistentQueue"],
)
def test_a_queue_that_is_forbidden_is_asked_every_minute_for_an_hour(world: World, code: str) -> None:
    world.queues.errors = [refusal(code)] * 3
    verdict = world.consume()
    assert (verdict.wait, str(verdict.failure)) == (60, f"ClientError {code} at SendMessage")
    world.clock.now += FAULTY_FOR - 1
    assert world.consume().wait == 60
    world.clock.now += 1
    assert world.consume().wait == 0  # SQS counts it out
    assert world.consume() == Outcome("handed over")


def test_a_queue_forbidden_after_an_hour_of_throttling_is_asked_for_another_hour(
    world: World,
) -> None:
    world.faults.refuse("GetItem", "ThrottlingException", 2)
    world.consume()
    world.clock.now += FAULTY_FOR
    world.consume()
    committed = world.clock.now = world.clock.now + FAULTY_FOR
    world.queues.errors = [refusal("AccessDenied")] * 3
    assert world.consume().wait == 60
    world.clock.now = committed + FAULTY_FOR - 1
    assert world.consume().wait == 60
    world.clock.now = committed + FAULTY_FOR
    assert world.consume().wait == 0


def test_a_hand_over_that_sqs_calls_invalid_is_dead_lettered_within_minutes(world: World) -> None:
    world.queues.errors = [refusal("InvalidParameterValue")] * 3
    assert world.consume().wait == 4
    world.clock.now += sum(BUG)
    assert world.consume().wait == 0


def test_a_throttled_hand_over_waits_longer_the_longer_it_has_waited(world: World) -> None:
    world.queues.errors = [refusal("RequestThrottled")] * 2
    assert world.consume().wait == 4
    world.clock.now += 600
    assert world.consume().wait == 600
