"""ministack 1.5.33 refuses a template with a saved Logs Insights query: this patch stores and lists them.

ministack can run queries. A test lists the saved ones, and runs their text.
"""
# ruff: noqa: SLF001 -- a patch reaches into ministack's private parts; the version is pinned

import json
import uuid
from typing import Any

from ministack.core.responses import json_response
from ministack.services import cloudwatch_logs
from ministack.services.cloudformation import provisioners

_saved: dict[str, dict[str, Any]] = {}

_handle_request = cloudwatch_logs.handle_request


def _put(query_id: str, properties: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    _saved[query_id] = {
        "queryDefinitionId": query_id,
        "name": properties["Name"],
        "queryString": properties["QueryString"],
        "logGroupNames": properties.get("LogGroupNames", []),
    }
    return query_id, {"QueryDefinitionId": query_id}


def _create(_logical_id: str, properties: dict[str, Any], _stack: str) -> tuple[str, dict[str, Any]]:
    return _put(str(uuid.uuid4()), properties)


def _update(
    query_id: str, _old: dict[str, Any], new: dict[str, Any], _stack: str, _logical_id: str | None = None
) -> tuple[str, dict[str, Any]]:
    return _put(query_id, new)


def _delete(query_id: str, _properties: dict[str, Any]) -> None:
    _saved.pop(query_id, None)


async def _handle(*arguments: Any, **options: Any) -> Any:  # noqa: ANN401 -- ministack's own
    headers, body = arguments[2], arguments[3]
    if headers.get("x-amz-target", "").endswith(".DescribeQueryDefinitions"):
        prefix = json.loads(body or b"{}").get("queryDefinitionNamePrefix", "")
        found = [query for query in _saved.values() if query["name"].startswith(prefix)]
        return json_response({"queryDefinitions": found})
    return await _handle_request(*arguments, **options)


def apply() -> None:
    """Add the resource type to CloudFormation, and the action that lists queries to CloudWatch Logs."""
    provisioners._RESOURCE_HANDLERS["AWS::Logs::QueryDefinition"] = {
        "create": _create,
        "update": _update,
        "delete": _delete,
    }
    cloudwatch_logs.handle_request = _handle
