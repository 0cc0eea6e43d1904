"""A stack with dead letters of two causes, in queues as AWS documents them, and a consumer that may be mended."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest

from cli.operate import again
from cli.where import Where
from functions.consumer.decide.decide import decide
from shared.failures.errors import Permanent
from tests.cli.operator_at_work import FailsWith, Operator
from tests.cli.why.queues import SOURCE, Queues
from tests.support.samples import EVENTS

BUG, SHAPE = Permanent("bug", "somewhere"), Permanent("invoice_int_parsing", "amount_remaining")
FAILED = "invoice.payment_failed"


@dataclass
class DeadLine:
    """The operator, the queues, and what happens to each event that is sent to the queue of events."""

    at_work: Operator
    queues: Queues
    comes: Callable[[str], None] = field(default=lambda _event_id: None)

    def dies(self, event_id: str, error: Exception = BUG, account: str | None = None, message: str = "") -> None:
        """The consumer fails at a sample for good; SQS dead-letters its message."""
        self.fails(event_id, error, message or f"message of {event_id}", account)
        body = json.dumps({"id": event_id, "type": FAILED})
        self.queues.dies(event_id, account or "platform", body, mac=f"signed {event_id}")

    def fails(self, event_id: str, error: Exception, message: str, account: str | None = None) -> None:
        """The consumer fails at a sample that comes under this message id."""
        event: dict[str, Any] = {**json.loads((EVENTS / f"{FAILED}.json").read_text()), "account": account}
        self.at_work.world.clock.now += 1
        self.at_work.world.decide = FailsWith(error)
        del event["id"]
        assert self.at_work.world.consume(message, event_id, **event).state == "failed"

    def mended(self, event_id: str, account: str | None = None) -> None:
        """The consumer handles the sample, which comes under a new message id."""
        event: dict[str, Any] = {**json.loads((EVENTS / f"{FAILED}.json").read_text()), "account": account}
        self.at_work.world.decide = decide
        del event["id"]
        assert self.at_work.world.consume(f"{event_id} again", event_id, **event).state == "committed"

    def sent(self) -> list[str]:
        return [json.loads(one.body)["id"] for one in self.queues.lying[SOURCE]]

    def types(self, *words: str, code: int = 0) -> str:
        return self.at_work.types(*words, code=code)

    def audit(self) -> dict[str, Any]:
        """The newest entry of the audit log."""
        entry: dict[str, Any] = self.at_work.reads("audit")[0]
        return entry


class Consumed(Queues):
    """Queues whose queue of events has a consumer at once."""

    line: DeadLine

    def send_message(self, **asked: Any) -> None:  # noqa: ANN401 - boto3's
        super().send_message(**asked)
        self.line.comes(json.loads(asked["MessageBody"])["id"])


def dead_line(at_work: Operator, monkeypatch: pytest.MonkeyPatch) -> DeadLine:
    queues, client = Consumed(), Where.client
    queues.line = DeadLine(at_work, queues)
    monkeypatch.setattr(Where, "client", lambda where, name: queues if name == "sqs" else client(where, name))
    for name in ("LOOK_SECONDS", "SECONDS"):
        monkeypatch.setattr(again, name, 0)
    return queues.line
