"""The worker of an event's effects hands its mails on before it performs anything, even if effects fail."""

from collections.abc import Callable

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError

from functions.effects.lane.lease import NothingOwed, lease
from shared.failures.errors import Retryable
from shared.inbox.leases import LeasedElsewhere
from tests.consumer.examples import LEASE, NOW, mail, reminder
from tests.consumer.faults import Crash
from tests.consumer.world import World
from tests.effects.invoking import Lambda
from tests.effects.owed_effects import owe, sent
from tests.effects.records import record

MAILS = ("mails", "evt_1", "acct_1")
LATER = Retryable("not now")


@pytest.fixture(scope="module")
def engine() -> str:
    return "moto"


def committed(world: World) -> None:
    """An event owes a mail and a reminder, and the message that hands it over is received."""
    owe(world, mail(), reminder())
    assert [lane for lane, *_ in world.queues.sent] == ["effects"]
    world.queues.sent.clear()


def dying(world: World, attempt: Callable[[], object]) -> None:
    """The worker dies in an attempt, and its lease lapses."""
    with pytest.raises(Crash):
        attempt()
    world.clock.now += LEASE


def test_the_mails_are_handed_on_before_anything_is_performed(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    committed(world)
    told = list[object]()

    def set_reminder(_remind: object) -> str:
        told.extend(world.queues.sent)
        return "set"

    monkeypatch.setattr(world.services, "set_reminder", set_reminder)
    assert world.work("effects").state == "performed"
    assert told == world.queues.sent == [MAILS]
    world.work_all()
    assert (sent(world), world.inbox()["state"]) == (["told"], "done")


def test_an_event_without_mails_hands_nothing_on(world: World) -> None:
    owe(world, reminder())
    world.queues.sent.clear()
    world.work("effects")
    assert world.queues.sent == []


def test_nor_does_the_lane_of_mails(world: World) -> None:
    committed(world)
    world.work("mails")
    assert world.queues.sent == []


def test_a_worker_that_dies_before_it_hands_on_leaves_that_to_the_next(world: World) -> None:
    committed(world)
    world.queues.errors = [Crash()]
    dying(world, lambda: world.work("effects"))
    assert (world.queues.sent, world.services.reminders) == ([], [])
    assert world.work("effects").state == "performed"
    assert world.queues.sent == [MAILS]


def test_a_worker_that_dies_once_it_has_handed_on_has_that_done_once_more(world: World) -> None:
    committed(world)
    world.services.reminder_errors = [Crash()]
    dying(world, lambda: world.work("effects"))
    assert world.work("effects").state == "performed"
    assert world.queues.sent == [MAILS, MAILS]
    world.work_all()
    assert (sent(world), len(world.services.reminders)) == (["told"], 1)
    assert lease(world.store, world.owed_message("mails", message_id="one too many")) == NothingOwed()


def test_mails_that_a_worker_has_had_are_not_handed_on_again(world: World) -> None:
    committed(world)
    world.services.reminder_errors = [Crash()]
    dying(world, lambda: world.work("effects"))
    world.lease("mails")
    world.queues.sent.clear()
    assert world.work("effects").state == "performed"
    assert world.queues.sent == []


def test_nor_are_they_each_time_that_an_effect_is_tried_again(world: World) -> None:
    """While SES takes no mail, nobody leases the mails; a message more for each retry would fill their queue."""
    committed(world)
    world.services.reminder_errors = [LATER] * 3
    for _ in range(3):
        result = world.work("effects")
        assert result.wait
        world.clock.now += result.wait
    assert world.work("effects").state == "performed"
    assert world.queues.sent == [MAILS]


def test_an_event_given_up_and_redriven_has_its_mails_all_the_same(world: World) -> None:
    committed(world)
    world.services.reminder_errors = [ValueError()] * 8
    while (result := world.work("effects")).state != "failed":
        world.clock.now += result.wait or 0
    world.work_all()
    assert sent(world) == ["told"]
    world.clock.now += 1
    assert world.work("effects", sent=world.clock.now).state == "performed"
    assert world.inbox()["state"] == "done"


def test_a_mail_that_sqs_refused_is_handed_on_when_the_lease_has_lapsed(
    worker: Lambda,
) -> None:
    world = worker.world
    committed(world)
    world.queues.errors = [EndpointConnectionError(endpoint_url="https://queue.example")]
    worker.expect_wait(LEASE)
    assert worker.handle(record()) == ["effects of evt_1"]
    assert (world.services.reminders, worker.states()) == ([], ["unrecorded"])
    assert isinstance(lease(world.store, world.owed_message("effects")), LeasedElsewhere)
    world.clock.now += LEASE
    assert worker.handle(record(first_received=NOW)) == []
    assert (len(world.services.reminders), world.queues.sent) == (1, [MAILS])


def test_a_queue_of_mails_that_is_forbidden_alarms_as_a_deployments_fault(worker: Lambda) -> None:
    committed(worker.world)
    refused = {"Error": {"Code": "AccessDenied", "Message": "no"}, "ResponseMetadata": {"HTTPStatusCode": 403}}
    worker.world.queues.errors = [ClientError(refused, "SendMessage")]  # type: ignore[arg-type] # as much as matters
    worker.expect_wait(60)
    assert worker.handle(record()) == ["effects of evt_1"]
    (line,) = worker.lines()
    assert (line["error"], line["DeploymentFault"]) == ("ClientError AccessDenied at SendMessage", 1)
