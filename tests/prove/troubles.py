"""Troubles, as messages meet them on the way to AWS and in the handlers; they last until a message is redriven."""

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
from tests.prove.queues import Message
from tests.prove.runner import Processes, Runner
from tests.prove.telling import Trouble
from tests.prove.wire import PowerCut

if TYPE_CHECKING:
    import pytest

ATTEMPTS = 2
"""In place of 8, and minutes in place of an hour: the way to the dead-letter queues is the same, only shorter."""
FAULTY_FOR = 60

AWAY = {
    Trouble.CLAIM: "dynamodb.PutItem",
    Trouble.READ: "dynamodb.GetItem",
    Trouble.COMMIT: "dynamodb.TransactWriteItems",
    Trouble.HANDOVER: "sqs.SendMessage",
    Trouble.SCHEDULE: "scheduler.CreateSchedule",
    Trouble.BUS: "events.PutEvents",
    Trouble.FILE: "s3.PutObject",
    Trouble.MAIL: "sesv2.SendEmail",
    Trouble.DEFERRED: "sesv2.SendEmail",
}
"""The call that a service refuses."""
FATAL = {Trouble.KILLED: "dynamodb.TransactWriteItems", Trouble.KILLED_LATE: "sesv2.SendEmail"}
"""The call before which the process is killed."""
DENIED = {Trouble.MAIL, Trouble.SECOND_MAIL}


@dataclass
class Troubles:
    """Consumer and worker, and what is wrong with the message that one of them has at present."""

    runner: Runner
    _trouble: Trouble | None = None
    _mails: Counter[str] = field(default_factory=Counter)
    """How many mails were tried for each message."""
    _message: str = ""
    _updates: int = 0
    """Of items, since the message was received."""

    def open(self, monkeypatch: "pytest.MonkeyPatch") -> None:
        """Stand between the processes and AWS, and between the consumer and its handlers."""
        for module in (claim, retry_of_events, retry):
            monkeypatch.setattr(module, "ATTEMPTS", ATTEMPTS)
        monkeypatch.setattr(retry, "FAULTY_FOR", FAULTY_FOR)
        monkeypatch.setattr(wiring, "decide", self._decide)
        self.runner.wire.answer = self._answer
        self._processes = Processes(self.runner.moto_cloud.environ)

    def receive(self, message: Message, trouble: Trouble | None) -> bool:
        """Hand `message` out once, in `trouble`; whether it is acknowledged."""
        self._trouble, self._message, self._updates = trouble, message.message_id, 0
        self.runner.wire.expect(None)
        return self.runner.receive(message, self._processes)

    def _decide(self, event: Event, books: Books) -> Decision:
        if self._trouble is Trouble.BUG:
            raise KeyError
        if self._trouble is Trouble.PERMANENT:
            raise Permanent("cannot_be_processed")
        return decide(event, books)

    def _answer(self, operation: str) -> object:
        trouble = self._trouble
        self._mails[self._message] += operation == AWAY[Trouble.MAIL]
        self._updates += operation == "dynamodb.UpdateItem"
        if trouble is None:
            return None
        unmarked = trouble is Trouble.KILLED_UNMARKED and operation == "dynamodb.UpdateItem" and self._updates > 1
        if unmarked or FATAL.get(trouble) == operation:
            raise PowerCut
        second = trouble is Trouble.SECOND_MAIL and operation == AWAY[Trouble.MAIL] and self._mails[self._message] > 1
        return _refusal(trouble) if second or AWAY.get(trouble) == operation else None


def _refusal(trouble: Trouble) -> object:
    status, code = (403, "AccessDeniedException") if trouble in DENIED else (503, "ServiceUnavailable")
    answer = {"Error": {"Code": code, "Message": ""}, "ResponseMetadata": {"HTTPStatusCode": status}}
    return SimpleNamespace(status_code=status), answer
