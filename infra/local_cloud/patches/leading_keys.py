"""ministack 1.5.33 lacks the condition key `dynamodb:LeadingKeys`: this patch limits roles to their partitions.

https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/specifying-conditions.html
"""
# ruff: noqa: SLF001 -- a patch reaches into ministack's private parts; the version is pinned

import json
import re
from collections.abc import Iterator
from typing import Any

from ministack.core import iam_actions
from ministack.services import dynamodb

type Item = dict[str, dict[str, str]]

_dynamodb_service_context = iam_actions.dynamodb_service_context


def _partition_key(table: str) -> str:
    return str(dynamodb._tables[table.rpartition("/")[2]]["pk_name"])


def _keys(request: dict[str, Any]) -> Iterator[tuple[str, Item]]:
    """Each key or item that the request names, with its table."""
    if "TableName" in request:
        yield request["TableName"], request.get("Key") or request.get("Item") or {}
    for table, asked in (request.get("RequestItems") or {}).items():
        writes = asked if isinstance(asked, list) else []
        for write in writes:
            yield table, write["PutRequest"]["Item"] if "PutRequest" in write else write["DeleteRequest"]["Key"]
        for key in [] if writes else asked.get("Keys", []):
            yield table, key
    for item in request.get("TransactItems") or []:
        for what in item.values():
            yield from _keys(what)


def _asked_for(request: dict[str, Any]) -> Iterator[str]:
    """The partitions that a query names."""
    values = request.get("ExpressionAttributeValues") or {}
    names = request.get("ExpressionAttributeNames") or {}
    for name, value in re.findall(r"([#\w]+)\s*=\s*(:\w+)", request.get("KeyConditionExpression") or ""):
        if names.get(name, name) == _partition_key(request["TableName"]):
            yield from values[value].values()


def _service_context(body: bytes) -> dict[str, Any]:
    context: dict[str, Any] = _dynamodb_service_context(body)
    request = json.loads(body or b"{}")
    try:
        named = [value for table, key in _keys(request) for value in key.get(_partition_key(table), {}).values()]
        named += _asked_for(request)
    except KeyError:  # no such table: DynamoDB answers that, not IAM
        return context
    return context | ({"dynamodb:LeadingKeys": named} if named else {})


def apply() -> None:
    """Show IAM the partitions of a request."""
    iam_actions.dynamodb_service_context = _service_context
