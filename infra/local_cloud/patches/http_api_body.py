"""ministack 1.5.33 ignores an HTTP API's Body, where SAM writes the routes: this patch imports the routes."""
# ruff: noqa: SLF001 -- a patch reaches into ministack's private parts; the version is pinned

import json
from typing import Any

from ministack.services import apigateway
from ministack.services.cloudformation import provisioners

_OPENAPI_ANY = "x-amazon-apigateway-any-method"
_OPENAPI_INTEGRATION = "x-amazon-apigateway-integration"

_create = provisioners._apigw_v2_api_create
_update = provisioners._apigw_v2_api_update


def _route_key(path: str, method: str) -> str:
    if path.lstrip("/") == "$default":
        return "$default"
    return f"{'ANY' if method == _OPENAPI_ANY else method.upper()} {path}"


def _import_body(api: str, body: dict[str, Any]) -> None:
    apigateway._routes[api], apigateway._integrations[api] = {}, {}
    for path, methods in body.get("paths", {}).items():
        for method, operation in methods.items():
            integration = operation.get(_OPENAPI_INTEGRATION)
            if integration is None:
                continue
            _status, _headers, made = apigateway._create_integration(
                api,
                {
                    "integrationType": integration["type"].upper(),
                    "integrationUri": integration["uri"],
                    "integrationMethod": integration.get("httpMethod", "POST"),
                    "payloadFormatVersion": integration.get("payloadFormatVersion", "2.0"),
                    "timeoutInMillis": integration.get("timeoutInMillis", 30_000),
                },
            )
            target = f"integrations/{json.loads(made)['integrationId']}"
            apigateway._create_route(api, {"routeKey": _route_key(path, method), "target": target})


def _create_with_body(logical_id: str, properties: dict[str, Any], stack: str) -> tuple[str, dict[str, Any]]:
    api, attributes = _create(logical_id, properties, stack)
    if properties.get("Body"):
        _import_body(api, properties["Body"])
    return api, attributes


def _update_with_body(
    api: str, old: dict[str, Any], new: dict[str, Any], stack: str, logical_id: str | None = None
) -> tuple[str, dict[str, Any]]:
    api, attributes = _update(api, old, new, stack, logical_id)
    if new.get("Body"):
        _import_body(api, new["Body"])
    return api, attributes


def apply() -> None:
    """Let CloudFormation import an HTTP API's Body on creation and on update."""
    provisioners._RESOURCE_HANDLERS["AWS::ApiGatewayV2::Api"] |= {
        "create": _create_with_body,
        "update": _update_with_body,
    }
