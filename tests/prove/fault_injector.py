"""FaultInjector, as messages meet them on the way to AWS and in the handlers; they last until a message is redriven."""

from collections import Counter
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import TYPE_CHECKING

from functions.consumer import retry as retry_of_events
from functions.consumer import wiring
from functions.consumer.commit import claim
from functions.consumer.decide.decide import decide
from functions.effects.lane import retry
from shared.decisions.decision import Decision
from shared.failures.errors import Permanent
from shared.records.books import Books
from shared.stripe_objects.event import Event
from tests.prove.delivery_plan import LastingFault
from tests.prove.queues import Message
from tests.prove.runner import Processes, Runner
from tests.prove.wire import PowerCut

if TYPE_CHECKING:
    import pytest

ATTEMPTS = 2
"""In place of 8 attempts and of an hour: the way to the dead-letter queues is the same, only shorter."""
FAULTY_FOR = 60

AWAY = {
    LastingFault.CLAIM: "dynamodb.PutItem",
    LastingFault.READ: "dynamodb.GetItem",
    LastingFault.COMMIT: "dynamodb.TransactWriteItems",
    LastingFault.HANDOVER: "sqs.SendMessage",
    LastingFault.SCHEDULE: "scheduler.CreateSchedule",
    LastingFault.BUS: "events.PutEvents",
    LastingFault.FILE: "s3.PutObject",
    LastingFault.MAIL: "sesv2.SendEmail",
    LastingFault.DEFERRED: "sesv2.SendEmail",
}
"""The call that a service refuses."""
FATAL = {LastingFault.KILLED: "dynamodb.TransactWriteItems", LastingFault.KILLED_LATE: "sesv2.SendEmail"}
"""The call before which the process is killed."""
DENIED = {LastingFault.MAIL, LastingFault.SECOND_MAIL}


@dataclass
class FaultInjector:
    """Consumer and worker, and the fault of the message that one of them is processing."""

    runner: Runner
    _fault: LastingFault | None = None
    _mails: Counter[str] = field(default_factory=Counter)
    """How many mails were tried, by message."""
    _message: str = ""
    _updates: int = 0
    """How many items were updated since the message was received."""

    def open(self, monkeypatch: "pytest.MonkeyPatch") -> None:
        """Take a place between the processes and AWS, and between the consumer and its handlers."""
        for module in (claim, retry_of_events, retry):
            monkeypatch.setattr(module, "ATTEMPTS", ATTEMPTS)
        monkeypatch.setattr(retry, "FAULTY_FOR", FAULTY_FOR)
        monkeypatch.setattr(wiring, "decide", self._decide)
        self.runner.wire.answer = self._answer
        self._processes = Processes(self.runner.moto_cloud.environ)

    def receive(self, message: Message, fault: LastingFault | None) -> bool:
        """Hand `message` out once, with this fault; return whether it is acknowledged."""
        self._fault, self._message, self._updates = fault, message.message_id, 0
        self.runner.wire.expect(None)
        return self.runner.receive(message, self._processes)

    def _decide(self, event: Event, books: Books) -> Decision:
        if self._fault is LastingFault.BUG:
            raise KeyError
        if self._fault is LastingFault.PERMANENT:
            raise Permanent("cannot_be_processed")
        return decide(event, books)

    def _answer(self, operation: str) -> object:
        fault = self._fault
        self._mails[self._message] += operation == AWAY[LastingFault.MAIL]
        self._updates += operation == "dynamodb.UpdateItem"
        if fault is None:
            return None
        unmarked = fault is LastingFault.KILLED_UNMARKED and operation == "dynamodb.UpdateItem" and self._updates > 1
        if unmarked or FATAL.get(fault) == operation:
            raise PowerCut
        second = (
            fault is LastingFault.SECOND_MAIL
            and operation == AWAY[LastingFault.MAIL]
            and self._mails[self._message] > 1
        )
        return _refusal(fault) if second or AWAY.get(fault) == operation else None


def _refusal(fault: LastingFault) -> object:
    status, code = (403, "AccessDeniedException") if fault in DENIED else (503, "ServiceUnavailable")
    answer = {"Error": {"Code": code, "Message": ""}, "ResponseMetadata": {"HTTPStatusCode": status}}
    return SimpleNamespace(status_code=status), answer
