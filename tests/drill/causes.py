"""The five causes of the drill's dead letters: two shapes that no code reads, a role, a mail and a schedule."""

from dataclasses import dataclass
from typing import Any, Literal

from botocore.exceptions import ClientError

from functions.consumer.consume import Outcome, consume
from functions.consumer.decide.decide import decide
from functions.consumer.message import read_message
from shared.failures.backoff import FAULTY_FOR
from shared.failures.errors import Permanent
from shared.inbox.lanes import Lane
from tests.cli.operator_at_work import FailsWith
from tests.consumer.examples import sqs_record
from tests.consumer.world import World

FORBIDDEN = ClientError({"Error": {"Code": "AccessDeniedException"}}, "TransactWriteItems")
INVALID = Permanent("schedule_refused", "group")
REJECTED = Permanent("mail_rejected", "sender")


def take(world: World, body: str, message_id: str, sent: float) -> Outcome:
    """The consumer takes a message that SQS got at epoch seconds `sent`."""
    world.received[message_id] += 1
    record = sqs_record(body, message_id, world.received[message_id])
    ms = str(int(sent * 1000))
    record["attributes"] |= {"SentTimestamp": ms, "ApproximateFirstReceiveTimestamp": ms}
    return consume(world.consumer, read_message(record))


@dataclass(frozen=True)
class Cause:
    """A cause: which event dies of it, in which queue it lies, and how many of all dead letters it is.

    Args:
        name: the cause's name.
        queue: the dead-letter queue.
        event: the sample.
        share: its part of all dead letters.
        spoils: the field of its object that is spoilt; empty if none is.
        value: the value that spoils it.
        error: the error of a service; None if the sample itself is the cause.
    """

    name: str
    queue: Literal["dlq.fifo", "effects-dlq", "mails-dlq"]
    event: str
    share: float
    spoils: str = ""
    value: object = None
    error: Exception | None = None

    def spoilt(self, event: dict[str, Any]) -> dict[str, Any]:
        """The event, with the field that no code reads."""
        if self.spoils:
            event["data"]["object"][self.spoils] = self.value
        return event

    def kill(self, world: World, body: str, event_id: str) -> None:
        """The consumer, or the worker of a lane, gives the event up."""
        world.decide = FailsWith(self.error) if self.error and self.queue == "dlq.fifo" else decide
        sent = world.clock.now - 2
        take(world, body, event_id, sent)
        if self.queue == "dlq.fifo":
            if self.error:
                world.clock.now += FAULTY_FOR
                take(world, body, event_id, sent)
            return
        lanes: dict[Lane, list[BaseException | None]] = {
            "effects": world.services.reminder_errors,
            "mails": world.services.mail_errors,
        }
        for lane, errors in lanes.items():
            if self.queue == f"{lane}-dlq":
                self._give_up(world, lane, event_id, errors)
            else:
                world.work(lane, event_id, sent=world.clock.now)
        world.queues.sent.clear()

    def _give_up(self, world: World, lane: Lane, event_id: str, errors: list[BaseException | None]) -> None:
        sent = world.clock.now
        while "failed_ms" not in world.inbox(event_id).get(f"{lane}_holder", {}):
            errors[:] = [self.error]
            world.work(lane, event_id, sent=sent)
            world.clock.now += 600
        errors.clear()


CAUSES = (
    Cause("amount", "dlq.fifo", "invoice.payment_failed", 0.4, "amount_remaining", "1,900.00"),
    Cause("status", "dlq.fifo", "customer.subscription.updated", 0.2, "status", 7),
    Cause("role", "dlq.fifo", "invoice.paid", 0.2, error=FORBIDDEN),
    Cause("mail", "mails-dlq", "invoice.payment_failed", 0.1, error=REJECTED),
    Cause("schedule", "effects-dlq", "invoice.payment_failed", 0.1, error=INVALID),
)
