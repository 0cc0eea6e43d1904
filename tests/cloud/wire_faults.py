"""The AWS calls of the functions, and each way in which one can fail, as rules of the fault proxy."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from cli.local.stack import NAME
from functions.effects.perform.sweep import PAUSES
from infra.local_cloud.faults import Rule
from shared.inbox.lanes import LANES

WORKERS = 8
"""The processes that perform effects at once."""


@dataclass(frozen=True)
class Call:
    """One operation as a function calls it.

    Attributes:
        service: the name in the request's signature.
        operation: as in botocore.
        says: a text that the request must contain to fail. None if the request names its account: it must then
            contain the account's mark. Empty if it names nobody: the fault hits the next caller.
        to: a further text that it must contain: the queue that a message is sent to.
        throttled: the service's own error for too many calls, and its status.
        tries: how often the SDK sends it, as the composition roots configure it.
        gives_up: seconds after which the SDK has stopped waiting for one try.
        callers: how many processes may call it at once for one account. The events of an account have one consumer.
    """

    service: str
    operation: str
    says: str | None = None
    to: str = ""
    throttled: tuple[str, int] = ("ThrottlingException", 400)
    tries: int = 3
    gives_up: float = 5.5
    callers: int = 1

    def __str__(self) -> str:
        which = self.says or self.to
        return f"{self.service} {self.operation}" + (f" ({which})" if which else "")


ACCEPT = Call("sqs", "SendMessage", to="events.fifo", tries=2, gives_up=3.5)
"""By ingest."""
HAND_OVERS = tuple(Call("sqs", "SendMessage", to=f"{NAME}-{lane}", callers=WORKERS) for lane in LANES)
"""To the queues of the effects worker. The consumer hands over; the worker of the effects hands the mails on."""
LOOK, BATCH, TRANSACT = (Call("dynamodb", name) for name in ("BatchGetItem", "BatchWriteItem", "TransactWriteItems"))
CLAIM, MARK = Call("dynamodb", "PutItem"), Call("dynamodb", "UpdateItem", callers=WORKERS)
"""The consumer claims a second delivery by a put; leases, outcomes and failures are updates."""
PUT_EVENTS = Call("events", "PutEvents", callers=WORKERS)
SEND_EMAIL = Call("sesv2", "SendEmail", throttled=("TooManyRequestsException", 429), tries=1, gives_up=10.5)
NAMED = (
    ACCEPT,
    *HAND_OVERS,
    CLAIM,
    LOOK,
    Call("dynamodb", "GetItem", callers=WORKERS),
    Call("dynamodb", "Query"),
    MARK,
    TRANSACT,
    BATCH,
    Call("dynamodb", "DeleteItem"),
    Call("scheduler", "CreateSchedule", throttled=("ThrottlingException", 429), callers=WORKERS),
    PUT_EVENTS,
    SEND_EMAIL,
)
"""The calls that name their account."""
PUT_OBJECT, DELETE_OBJECT = (
    Call("s3", name, "", throttled=("SlowDown", 503)) for name in ("PutObject", "DeleteObject")
)
NAMELESS = (
    Call("secretsmanager", "GetSecretValue", "stripe-signing-secrets", tries=2, gives_up=3.5),
    Call("secretsmanager", "GetSecretValue", "token-key"),
    Call("dynamodb", "GetItem", "erased#"),
    Call("sqs", "ChangeMessageVisibility", ""),
    PUT_OBJECT,
    DELETE_OBJECT,
)
"""The calls that name no account."""


class Way(StrEnum):
    """How a call fails. Up to `SILENT` the call does not reach the service; from `LATE` on it takes effect."""

    THROTTLED = "throttled"
    ERROR_5XX = "errors 503, then 500"
    UNREACHABLE = "connection dropped before it"
    SILENT = "never arrives, never answered"
    LATE = "arrives after its caller gave up"
    UNANSWERED = "applied, answer dropped"
    CUT = "applied, a 200 cut short"
    # Faults of one service only.
    THROUGHPUT = "ProvisionedThroughputExceeded"
    CONFLICT = "cancelled by conflict"
    THROTTLED_WRITE = "cancelled by throttling"
    UNREAD = "UnprocessedKeys"
    UNPROCESSED = "UnprocessedItems"
    FAILED_ENTRIES = "FailedEntryCount"


REFUSED = (Way.THROTTLED, Way.ERROR_5XX, Way.UNREACHABLE)
"""After these faults the SDK retries at once."""
SLOW = (Way.SILENT, Way.LATE)
COMMON = (*REFUSED, Way.UNANSWERED, Way.CUT, *SLOW)
OWN = (
    (LOOK, Way.UNREAD, 2),
    (LOOK, Way.THROUGHPUT, 7),
    (TRANSACT, Way.CONFLICT, 9),
    (TRANSACT, Way.THROTTLED_WRITE, 9),
    (BATCH, Way.UNPROCESSED, len(PAUSES) + 1),
    (PUT_EVENTS, Way.FAILED_ENTRIES, 2),
)
"""The faults of one service only, each with the number that outlasts Billhook's own tries."""


def _error(code: str, status: int, **fields: object) -> Mapping[str, Any]:
    return {"error": {"code": code, "status": status, "fields": fields}}


def _cancelled(reason: str) -> Mapping[str, Any]:
    reasons = [{"Code": "None"}, {"Code": reason}]
    return _error("TransactionCanceledException", 400, CancellationReasons=reasons)


EFFECTS: Mapping[Way, Mapping[str, Any]] = {
    Way.UNREACHABLE: {"reset": True},
    Way.UNANSWERED: {"response": {"abort_bytes": 0}},
    # DynamoDB sends a checksum, which the emulator leaves out. The checksum of a whole body would not fit either.
    Way.CUT: {"response": {"truncate_bytes": 10, "set_headers": {"x-amz-crc32": "1"}}},
    Way.THROUGHPUT: _error("ProvisionedThroughputExceededException", 400),
    Way.CONFLICT: _cancelled("TransactionConflict"),
    Way.THROTTLED_WRITE: _cancelled("ThrottlingError"),
    # These answers are no errors: the proxy can write any status and any fields.
    Way.UNREAD: _error("none", 200, Responses={}, UnprocessedKeys={"books": {"Keys": [{"pk": {"S": "p"}}]}}),
    Way.FAILED_ENTRIES: _error("none", 200, FailedEntryCount=1, Entries=[{"ErrorCode": "ThrottlingException"}]),
}
"""The actions of the proxy that are the same for every call."""


def rules(call: Call, way: Way, mark: str, times: int) -> tuple[Rule, ...]:
    """The rules that make `call` fail in a `way` for the account with `mark`, so many times."""
    parts = [part for part in (mark if call.says is None else call.says, call.to) if part]
    body = " && ".join(f"contains(to_string(@), '{part}')" for part in parts)
    which = {"service": call.service, "operation": call.operation, "body": body or None}
    if way is Way.ERROR_5XX:
        unavailable = {**which, "times": times // 2, **_error("ServiceUnavailable", 503)}
        return (unavailable, {**which, "times": times - times // 2, **_error("InternalServerError", 500)})
    return ({**which, "times": times, **_effect(call, way, mark)},)


def can_be(call: Call, way: Way) -> bool:
    """Whether the proxy can make the fault: S3's answers have no body to cut, and DeleteObject's none to wait for."""
    return way not in {DELETE_OBJECT: {Way.CUT, Way.UNANSWERED}, PUT_OBJECT: {Way.CUT}}.get(call, set())


def outlasting(call: Call, way: Way) -> int:
    """How many faults outlast the SDK's retries.

    Callers at work at once share the faults: after silence, each may take all but one of its tries before any takes its
    last one. After an answer the SDK tries again at once, so two callers at most share. A late call takes effect, so
    nothing has to fail.
    """
    match way:
        case Way.LATE:
            return call.tries + 1
        case Way.SILENT:
            return call.callers * (call.tries - 1) + 2
        case _:
            return 2 * call.tries + 1


def _effect(call: Call, way: Way, mark: str) -> Mapping[str, Any]:
    match way:
        case Way.UNPROCESSED:
            # The leftover item does not exist. The eraser asks for it alone; it has the mark, so that this fails, too,
            # until the eraser gives up and begins again with all items.
            left = {"DeleteRequest": {"Key": {"pk": {"S": mark}, "sk": {"S": "s"}}}}
            return _error("none", 200, UnprocessedItems={f"{NAME}-books": [left]})
        case Way.THROTTLED:
            return _error(*call.throttled)
        case Way.SILENT:
            return {"timeout_ms": call.gives_up * 1000}
        case Way.UNANSWERED if call == PUT_OBJECT:  # it promises a body that never comes
            return {"response": {"set_headers": {"Content-Length": "1"}}}
        case Way.LATE:
            return {"latency": call.gives_up * 1000}
        case _:
            return EFFECTS[way]
