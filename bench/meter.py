"""The meter counts the calls of a function, and the units of the items that it reads and writes."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import boto3

from bench import units
from shared.values import keys

if TYPE_CHECKING:
    from botocore.client import BaseClient
    from mypy_boto3_dynamodb import DynamoDBClient


@dataclass
class Cost:
    """The cost of one message from `queue`.

    `reads` and `writes` are DynamoDB units, and `written` has the writes by kind of item; `logged` is in bytes.
    """

    type: str
    queue: str
    state: str = ""
    calls: Counter[str] = field(default_factory=Counter)
    reads: float = 0
    writes: int = 0
    written: Counter[str] = field(default_factory=Counter)
    logged: int = 0
    entries: int = 0
    """The events put on the bus; AWS bills each."""

    @property
    def dynamodb(self) -> int:
        """The number of calls to DynamoDB."""
        return sum(times for call, times in self.calls.items() if call.startswith("dynamodb."))

    @property
    def waits(self) -> int:
        """The number of calls, which the function waits for one after another."""
        return self.calls.total()

    @property
    def mails(self) -> int:
        """The mails that SES took."""
        return self.calls["sesv2.SendEmail"]


class Meter:
    """Sees each call of the attached clients and adds it to the cost of the current message."""

    def __init__(self) -> None:
        self.cost = Cost("nothing", "")
        self._look: DynamoDBClient = boto3.Session().client("dynamodb")
        self._before: list[tuple[str, str, dict[str, Any], Any]] = []
        self._asked: list[tuple[str, Any]] = []

    def attach(self, client: "BaseClient") -> None:
        """Count each call of `client` from now on."""
        client.meta.events.register("before-parameter-build", self._on_call)
        client.meta.events.register("after-call.dynamodb", self._on_answer)

    def _on_call(self, params: dict[str, Any], model: Any, **_: object) -> None:  # noqa: ANN401 - botocore's own
        self.cost.calls[f"{model.service_model.service_name}.{model.name}"] += 1
        if model.name == "PutEvents":
            self.cost.entries += len(params["Entries"])
        self._asked = list(params["RequestItems"].items()) if model.name == "BatchGetItem" else []
        self._before = [(table, kind, key, self._item(table, key)) for table, kind, key in _written(model.name, params)]

    def _on_answer(self, parsed: dict[str, Any], model: Any, **_: object) -> None:  # noqa: ANN401 - likewise
        transaction = model.name == "TransactWriteItems"
        for table, kind, key, before in self._before:
            after = self._item(table, key)
            self._book(kind, units.write_units(before, after, transaction=transaction))
            self._book("index", units.index_units(before, after))
            self._book("time index", units.time_index_units(before, after))
        if model.name == "GetItem":
            self.cost.reads += units.read_units(parsed.get("Item"))
        if model.name == "BatchGetItem":
            self.cost.reads += sum(_batch_units(asked, parsed["Responses"][table]) for table, asked in self._asked)
        if model.name == "Query":
            self.cost.reads += max(1, -(-sum(map(units.size, parsed["Items"])) // units.READ_UNIT))

    def _book(self, kind: str, billed: int) -> None:
        self.cost.writes += billed
        if billed:
            self.cost.written[kind] += billed

    def _item(self, table: str, key: dict[str, Any]) -> Any:  # noqa: ANN401 - likewise
        return self._look.get_item(TableName=table, Key=key, ConsistentRead=True).get("Item")


def _written(operation: str, params: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """The table, kind and key of each item that a call writes."""
    match operation:
        case "PutItem":
            key = _key(params["Item"])
            yield params["TableName"], "claim" if "id" in key else "erasure", key
        case "UpdateItem":
            yield params["TableName"], _updated(params), params["Key"]
        case "DeleteItem":
            yield params["TableName"], "erasure", params["Key"]
        case "BatchWriteItem":
            for table, requests in params["RequestItems"].items():
                for request in requests:
                    yield table, "erasure", request["DeleteRequest"]["Key"]
        case "TransactWriteItems":
            for write in params["TransactItems"]:
                ((verb, one),) = write.items()
                key = _key(one["Item"]) if verb == "Put" else one["Key"]
                yield one["TableName"], _kind(key), key


def _batch_units(asked: Any, found: list[dict[str, Any]]) -> float:  # noqa: ANN401 - a boto3 shape
    """The read units of a batch: each item counts alone, a missing one as the smallest; eventual reads cost half."""
    missing = len(asked["Keys"]) - len(found)
    return (sum(map(units.read_units, found)) + missing) * (1 if asked["ConsistentRead"] else 0.5)


def _key(item: dict[str, Any]) -> dict[str, Any]:
    return {name: item[name] for name in ("id", "pk", "sk") if name in item}


def _updated(params: dict[str, Any]) -> str:
    if "id" not in params["Key"]:
        return "erasure"
    return "lease" if params["UpdateExpression"] == "SET #holder = :holder" else "finish"


def _kind(key: dict[str, Any]) -> str:
    if "id" in key:
        return "outbox"
    if key["sk"]["S"] == keys.ACCESS or key["pk"]["S"].startswith("reference#"):
        return "access"
    if key["pk"]["S"].startswith("session#"):
        return "session"
    kind: str = key["sk"]["S"].partition("#")[0]
    return {"event": "archive", "mail": "mail", "tombstone": "erasure"}.get(kind, "record")
