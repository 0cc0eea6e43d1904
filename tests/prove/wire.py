"""Numbers every call to AWS; at one of them a fault strikes, or other processes are at work."""

import json
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ReadTimeoutError

from tests.prove.moto_cloud import MotoCloud, Sent

if TYPE_CHECKING:
    from collections.abc import Callable

    from botocore.awsrequest import AWSPreparedRequest
    from botocore.client import BaseClient


class PowerCut(BaseException):
    """The process stops here, as Lambda stops one; no `except Exception` catches it."""


class Fault(StrEnum):
    """What happens at a call. The call takes effect, unless the name of the fault says `before`."""

    STOPPED_BEFORE = "stopped before it"
    STOPPED_AFTER = "stopped after it"
    ANSWER_LOST = "its answer lost, the SDK's own retry answered"
    ANSWERS_LOST = "its answer lost, and those of the SDK's own retries"
    OTHERS_BEFORE = "others receive the same messages before it"
    OTHERS_AFTER = "others receive the same messages after it"


BEFORE = (Fault.STOPPED_BEFORE, Fault.OTHERS_BEFORE)
OTHERS = (Fault.OTHERS_BEFORE, Fault.OTHERS_AFTER)
"""No call fails: another consumer and another worker are at work at the same time."""


@dataclass(frozen=True)
class Point:
    """A fault at one call of a message's run; calls are counted from 0."""

    call: int
    fault: Fault


class Wire:
    """Sits between the processes' clients and AWS; notes the calls, and stores what moto drops in `moto_cloud`."""

    def __init__(self, moto_cloud: MotoCloud) -> None:
        self.calls: list[str] = []
        self.visible_after: int | None = None
        """After how many seconds SQS is asked to show the message again; None if it is not asked."""
        self.answer: Callable[[str], object] = lambda _operation: None
        """The answer of AWS in place of the operation; None lets the operation happen."""
        self.others: Callable[[], None] = lambda: None
        """What other processes do at a point where they are at work."""
        self._moto_cloud = moto_cloud
        self._point: Point | None = None
        self._lost = 0

    def attach(self, client: "BaseClient") -> None:
        """Watch every call of `client` from now on. The SDK's retries count as the call that they repeat."""
        client.meta.events.register_first("before-call", self._on_call)
        client.meta.events.register_last("before-send", self._on_applied)  # moto has applied it by then
        client.meta.events.register("provide-client-params.sqs.ChangeMessageVisibility", self._on_visibility)

    def expect(self, point: Point | None) -> None:
        """Count from 0 again, and cause the fault of `point` once."""
        self.calls, self._point, self._lost = [], point, 0

    def _on_call(self, model: Any, **_: object) -> Any:  # noqa: ANN401 - botocore has no types for its hooks
        self.calls.append(f"{model.service_model.service_name}.{model.name}")
        if self._is_here(Fault.STOPPED_BEFORE):
            raise PowerCut
        if self._is_here(Fault.OTHERS_BEFORE):
            self._have_others_work()
        return self.answer(self.calls[-1])

    def _on_applied(self, request: "AWSPreparedRequest", **_: object) -> None:
        self._note(request)
        if self._is_here(Fault.STOPPED_AFTER):
            raise PowerCut
        if self._is_here(Fault.OTHERS_AFTER):
            self._have_others_work()
        if self._is_here(Fault.ANSWERS_LOST) or (self._is_here(Fault.ANSWER_LOST) and not self._lost):
            self._lost += 1
            raise ReadTimeoutError(endpoint_url=request.url)

    def _note(self, request: "AWSPreparedRequest") -> None:
        body: Any = request.body
        if self.calls[-1] == "events.PutEvents":
            self._moto_cloud.announced += [json.dumps(entry) for entry in json.loads(body)["Entries"]]
        if self.calls[-1] == "sqs.SendMessage":
            sent = json.loads(body)
            self._moto_cloud.queued.append(Sent(self._moto_cloud.queues[sent["QueueUrl"]], sent["MessageBody"]))

    def _have_others_work(self) -> None:
        """Let other processes work; their calls are not counted, and none of them fails."""
        calls, visible_after = self.calls, self.visible_after
        self.expect(None)
        self.others()
        self.calls, self.visible_after = calls, visible_after

    def _on_visibility(self, params: dict[str, Any], **_: object) -> None:
        self.visible_after = params["VisibilityTimeout"]

    def _is_here(self, fault: Fault) -> bool:
        return self._point == Point(len(self.calls) - 1, fault)
