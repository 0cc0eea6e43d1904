"""Services that fail and quote the request, as real ones do, and bugs that do the same."""

import json
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

from botocore.exceptions import EndpointConnectionError

from tests.leaks.canaries import Canaries

type Fault = Callable[[str, str], Any]
"""Answers a call of the service and operation named first with an error that quotes the text; or raises."""

REFUSALS = {
    "SendEmail": "MessageRejected",
    "TransactWriteItems": "TransactionCanceledException",
    "HeadObject": "403",
    "PutEvents": "InternalException",
}
"""The error of a refusal for good, by operation; any other operation answers `ValidationException`."""


def refused(operation: str, quoted: str) -> Any:  # noqa: ANN401 - as botocore's hooks have it
    """The service refuses, and quotes the request."""
    # "Email address is not verified. The following identities failed the check …: ann@example.com", says SES.
    reasons = [{"Code": "ValidationError", "Message": quoted, "Item": {"record": {"S": quoted}}}]
    error = {"Code": REFUSALS.get(operation, "ValidationException"), "Message": quoted}
    answer = {"Error": error, "CancellationReasons": reasons, "ResponseMetadata": {"HTTPStatusCode": 400}}
    return SimpleNamespace(status_code=400), answer


def unreachable(_operation: str, quoted: str) -> Any:  # noqa: ANN401 - likewise
    """The service cannot be reached at a URL that quotes the request."""
    raise EndpointConnectionError(endpoint_url=f"https://example.com/?{quoted}")


def bug(_operation: str, quoted: str) -> Any:  # noqa: ANN401 - likewise
    """A bug raises, and so does the code that handles its error."""
    error = KeyError(quoted)
    error.add_note(quoted)
    raise RuntimeError(quoted, {"item": quoted}) from error


FAULTS: tuple[Fault, ...] = (refused, unreachable, bug)


class FaultyCalls:
    """A hook for `before-call`: `lasting` calls from call `first` on, counted from 0, meet the fault."""

    def __init__(self, canaries: Canaries) -> None:
        self.calls: list[str] = []
        self.operations = set[str]()
        """The only operations that fail; empty for all."""
        self._canaries = canaries
        self._fault: Fault | None = None
        self._first = self._lasting = 0

    def expect(self, fault: Fault | None = None, first: int = 0, lasting: int = 1) -> None:
        """Count from 0 again."""
        self.calls, self._fault, self._first, self._lasting = [], fault, first, lasting

    def __call__(self, model: Any, params: Any, **_: object) -> Any:  # noqa: ANN401 - botocore has no types for its hooks
        self.calls.append(model.name)
        if self.operations and model.name not in self.operations:
            return None
        if self._fault and self._first <= len(self.calls) - 1 < self._first + self._lasting:
            asked = json.dumps({name: params.get(name) for name in ("url", "body", "headers")}, default=str)
            return self._fault(model.name, f"{self._canaries.all()} {asked}")
        return None
