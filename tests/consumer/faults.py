"""Faults on the way to DynamoDB and back, planned by operation; and a list of the calls made."""

from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from botocore.exceptions import EndpointConnectionError, ReadTimeoutError

if TYPE_CHECKING:
    from botocore.awsrequest import AWSPreparedRequest
    from mypy_boto3_dynamodb import DynamoDBClient

type Act = Callable[[], Any]


class Crash(BaseException):
    """The process dies here; no `except Exception` catches it."""


class Faults:
    """Faults between one client and its service.

    Args:
        client: the client whose calls fail.
        deliver: sends the request when only its answer is lost; moto has applied it by then.
    """

    def __init__(self, client: "DynamoDBClient", deliver: "Callable[[AWSPreparedRequest], object]") -> None:
        self.calls: list[str] = []
        self._deliver = deliver
        self._before: defaultdict[str, list[Act]] = defaultdict(list)
        self._after: defaultdict[str, list[Act]] = defaultdict(list)
        self._lost: Counter[str] = Counter()
        self._events = client.meta.events
        self._events.register_first("before-call.dynamodb", self._on_call)
        self._events.register_last("before-send", self._on_send)
        self._events.register_last("after-call.dynamodb", self._on_answer)

    def forget(self) -> None:
        """Drop the planned faults that did not happen."""
        self._before.clear()
        self._after.clear()
        self._lost.clear()

    def mend(self) -> None:
        """Remove the hooks from the client."""
        self._events.unregister("before-call.dynamodb", self._on_call)
        self._events.unregister("before-send", self._on_send)
        self._events.unregister("after-call.dynamodb", self._on_answer)

    def meanwhile(self, operation: str, act: Act) -> None:
        """Let `act` happen elsewhere just before the next `operation` is sent."""

        def acted() -> None:
            act()

        self._before[operation].append(acted)

    def refuse(self, operation: str, code: str, times: int = 1, *, status: int = 400, **answer: object) -> None:
        """The service answers `code`, even to the SDK's last try."""
        told = {"Error": {"Code": code, "Message": "ann@example.com"}, "ResponseMetadata": {"HTTPStatusCode": status}}
        self._before[operation] += [lambda: (SimpleNamespace(status_code=status), told | answer)] * times

    def answer(self, operation: str, answer: object) -> None:
        """The service answers this, and does nothing."""
        self._before[operation].append(lambda: (SimpleNamespace(status_code=200), answer))

    def cancel(self, reasons: Sequence[str], times: int = 1) -> None:
        """The service cancels a transaction for `reasons`, one for each of its writes."""
        listed = [{"Code": reason} for reason in reasons]
        self.refuse("TransactWriteItems", "TransactionCanceledException", times, CancellationReasons=listed)

    def cut(self, operation: str, times: int = 1) -> None:
        """The service cannot be reached."""
        self._before[operation] += [_unreachable] * times

    def crash_before(self, operation: str) -> None:
        """The process dies before `operation` is sent."""
        self._before[operation].append(_die)

    def crash_after(self, operation: str) -> None:
        """The process dies after `operation` is applied."""
        self._after[operation].append(_die)

    def lose_answer(self, operation: str, times: int = 1) -> None:
        """`operation` is applied and its answer dropped; the SDK sends it again, up to 3 times in all."""
        self._lost[operation] += times

    def _on_call(self, model: Any, **_: object) -> Any:  # noqa: ANN401 - botocore has no types for its hooks
        self.calls.append(model.name)
        planned = self._before[model.name]
        return planned.pop(0)() if planned else None

    def _on_send(self, request: "AWSPreparedRequest", event_name: str, **_: object) -> None:
        operation = event_name.rpartition(".")[2]
        if self._lost[operation]:
            self._lost[operation] -= 1
            self._deliver(request)
            raise ReadTimeoutError(endpoint_url=request.url)

    def _on_answer(self, model: Any, **_: object) -> None:  # noqa: ANN401 - likewise
        planned = self._after[model.name]
        if planned:
            planned.pop(0)()


def _unreachable() -> None:
    raise EndpointConnectionError(endpoint_url="https://dynamodb.example")


def _die() -> None:
    raise Crash
