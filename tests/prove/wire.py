"""Every call on its way to AWS and back, numbered; at one of them the consumer is stopped, or the answer is lost."""

import json
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ReadTimeoutError

if TYPE_CHECKING:
    from collections.abc import Callable

    from botocore.awsrequest import AWSPreparedRequest
    from botocore.client import BaseClient


class PowerCut(BaseException):
    """The process is stopped here, as Lambda stops one. No `except Exception` can tell."""


class Fault(StrEnum):
    """What goes wrong at a call. After each but the first, the call has taken effect."""

    STOPPED_BEFORE = "stopped before it"
    STOPPED_AFTER = "stopped after it"
    ANSWER_LOST = "its answer lost, the SDK's own retry answered"
    ANSWERS_LOST = "its answer lost, and those of the SDK's own retries"


@dataclass(frozen=True)
class Point:
    """A place where an event's way can break: one of its calls, counted from 0, and the fault there."""

    call: int
    fault: Fault


class Wire:
    """Stands between a process's clients and AWS; notes the calls, and what is told on the bus in `announced`."""

    def __init__(self, announced: list[str]) -> None:
        self.announced = announced
        self.calls: list[str] = []
        self.visible_after = 0
        self.answer: Callable[[str], object] = lambda _operation: None
        """What AWS answers instead of doing what is asked; nothing if it does it."""
        self._point: Point | None = None
        self._lost = 0

    def attach(self, client: "BaseClient") -> None:
        """See every call of `client` from now on; retries of the SDK's belong to the call that they repeat."""
        client.meta.events.register_first("before-call", self._on_call)
        client.meta.events.register_last("before-send", self._on_applied)  # moto has applied it by then
        client.meta.events.register("provide-client-params.sqs.ChangeMessageVisibility", self._on_visibility)

    def expect(self, point: Point | None) -> None:
        """Begin to count anew; break at `point`, once."""
        self.calls, self._point, self._lost = [], point, 0

    def _on_call(self, model: Any, **_: object) -> Any:  # noqa: ANN401 - botocore has no types for its hooks
        self.calls.append(f"{model.service_model.service_name}.{model.name}")
        if self._is_here(Fault.STOPPED_BEFORE):
            raise PowerCut
        return self.answer(self.calls[-1])

    def _on_applied(self, request: "AWSPreparedRequest", **_: object) -> None:
        if self.calls[-1] == "events.PutEvents":
            body: Any = request.body
            self.announced += [json.dumps(entry) for entry in json.loads(body)["Entries"]]
        if self._is_here(Fault.STOPPED_AFTER):
            raise PowerCut
        if self._is_here(Fault.ANSWERS_LOST) or (self._is_here(Fault.ANSWER_LOST) and not self._lost):
            self._lost += 1
            raise ReadTimeoutError(endpoint_url=request.url)

    def _on_visibility(self, params: dict[str, Any], **_: object) -> None:
        self.visible_after = params["VisibilityTimeout"]

    def _is_here(self, fault: Fault) -> bool:
        return self._point == Point(len(self.calls) - 1, fault)
