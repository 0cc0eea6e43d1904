"""Troubles, as they are met on the way to AWS and in the handlers; and SQS, which counts a message out."""

from collections import Counter
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import TYPE_CHECKING

from functions.consumer import claim, consume, wiring
from functions.consumer.decide import decide
from functions.consumer.handler import Handler
from shared.books import Books
from shared.decision import Decision
from shared.errors import Permanent
from shared.event import Event
from tests.consumer.world import sqs_record
from tests.prove.telling import Trouble
from tests.prove.theatre import VISIBILITY, Theatre
from tests.prove.wire import PowerCut

if TYPE_CHECKING:
    import pytest

ATTEMPTS = 2
"""In place of 8, and SQS's receives in place of 30: the way to the dead-letter queue is the same, only shorter."""
RECEIVES = 5

AWAY = {
    Trouble.CLAIM: "dynamodb.PutItem",
    Trouble.READ: "dynamodb.GetItem",
    Trouble.COMMIT: "dynamodb.TransactWriteItems",
    Trouble.SCHEDULE: "scheduler.CreateSchedule",
    Trouble.BUS: "events.PutEvents",
    Trouble.FILE: "s3.PutObject",
    Trouble.MAIL: "sesv2.SendEmail",
}
"""The call that a service refuses."""
FATAL = {Trouble.KILLED: "dynamodb.TransactWriteItems", Trouble.KILLED_LATE: "sesv2.SendEmail"}
"""The call before which the process is killed."""
REFUSED = (
    SimpleNamespace(status_code=503),
    {"Error": {"Code": "ServiceUnavailable", "Message": ""}, "ResponseMetadata": {}},
)


@dataclass
class Queue:
    """The events queue with its redrive policy, before the real consumer; `trouble` is what is wrong at present."""

    theatre: Theatre
    trouble: Trouble | None = None
    _calls: Counter[str] = field(default_factory=Counter)
    _messages: int = 0
    _handler: Handler = field(init=False)

    def open(self, monkeypatch: "pytest.MonkeyPatch") -> None:
        """Stand between the consumer and AWS, and between the consumer and its handlers."""
        monkeypatch.setattr(claim, "ATTEMPTS", ATTEMPTS)
        monkeypatch.setattr(consume, "ATTEMPTS", ATTEMPTS)
        monkeypatch.setattr(wiring, "decide", self._decide)
        self.theatre.wire.answer = self._answer
        self._handler = self._start()

    def deliver(self, body: str, trouble: Trouble | None) -> bool:
        """Hand out a new message until it is acknowledged (true) or SQS has counted it out to the dead-letter queue."""
        self.trouble, self._calls = trouble, Counter()
        self._messages += 1
        record = sqs_record(body, f"message-{self._messages}")
        clock, wire = self.theatre.clock, self.theatre.wire
        record["attributes"]["ApproximateFirstReceiveTimestamp"] = str(int(clock.now * 1000))
        for _receive in range(RECEIVES):
            wire.expect(None)
            try:
                if not self._handler({"Records": [record]}, None)["batchItemFailures"]:
                    return True
                clock.now += wire.visible_after
            except PowerCut:
                clock.now += VISIBILITY
                self._handler = self._start()
        return False

    def _start(self) -> Handler:
        return wiring.build(self.theatre.stage.environ)

    def _decide(self, event: Event, books: Books) -> Decision:
        if self.trouble is Trouble.BUG:
            raise KeyError
        if self.trouble is Trouble.PERMANENT:
            raise Permanent("cannot_be_processed")
        return decide(event, books)

    def _answer(self, operation: str) -> object:
        self._calls[operation] += 1
        if self.trouble is None:
            return None
        if FATAL.get(self.trouble) == operation:
            raise PowerCut
        second = self.trouble is Trouble.SECOND_MAIL and operation == AWAY[Trouble.MAIL] and self._calls[operation] > 1
        return REFUSED if second or AWAY.get(self.trouble) == operation else None
