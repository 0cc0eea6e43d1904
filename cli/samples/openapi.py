"""The OpenAPI document of the function access, made from the models of its items; `make wrap` writes it."""

import json
from pathlib import Path
from typing import Any

from cli.samples.openapi_checkout import CHECKOUT, REFRESH, checkout_paths
from shared.decisions.access_item import AccessItem

DOCUMENT = Path(__file__).parents[2] / "docs/access.openapi.json"

type Json = dict[str, Any]

ALLOWED = {
    "anyOf": [{"type": "boolean"}, {"type": "null"}],
    "description": "Whether the customer may do what was asked; without feature and limit, whether there is access. "
    "null if unknown: an event has named a subscription that no event has told of yet",
}
WHY = {
    "type": "string",
    "enum": ["granted", "trial", "grace", "not_in_plan", "ended", "no_subscription", "unknown"],
    "description": "Why it is allowed, or is not",
}
LIMIT = {"anyOf": [{"type": "integer"}, {"type": "null"}], "description": "The number of the limit that was asked for"}
PROBLEM: Json = {
    "type": "object",
    "required": ["type", "title", "status", "detail"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string", "description": "What is wrong, in words"},
    },
    "additionalProperties": False,
}
PROBLEMS = {
    "400": "The question cannot be read; the detail says why",
    "401": "There is no known token",
    "500": "A bug",
    "503": "AWS did not answer; try again",
}


def document() -> str:
    """The document as docs/access.openapi.json holds it."""
    return json.dumps(openapi(), indent=2) + "\n"


def openapi() -> Json:
    """The document: OpenAPI 3.1."""
    both = [_query("account", "The connected account, acct_…, whose customer it is"), *_asked()]
    customer = {"name": "customer", "in": "path", "required": True, "schema": {"type": "string", "pattern": "^cus_"}}
    reference = _query("reference", "Your own id of the customer") | {"required": True}
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Billhook access",
            "version": "1",
            "description": "What may a customer do now, and what came of a Checkout session? A customer that no event "
            "has told of has the default plan.",
        },
        "security": [{"token": []}],
        "paths": {
            "/access/{customer}": {"get": _operation("accessOfCustomer", "By Stripe's id", [customer, *both])},
            "/access": {"get": _operation("accessByReference", "By your own id", [reference, *both])},
            **checkout_paths(_problems()),
        },
        "components": {
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
            "schemas": {"Answer": _answer(), "Checkout": CHECKOUT, "Refresh": REFRESH, "Problem": PROBLEM},
        },
    }


def _asked() -> list[Json]:
    return [
        _query("feature", "A feature of plans.toml; not together with limit"),
        _query("limit", "A limit of plans.toml; not together with feature"),
    ]


def _query(name: str, description: str) -> Json:
    return {"name": name, "in": "query", "description": description, "schema": {"type": "string"}}


def _problems() -> Json:
    return {
        status: {"description": said, "content": {"application/problem+json": {"schema": _ref("Problem")}}}
        for status, said in PROBLEMS.items()
    }


def _operation(name: str, summary: str, parameters: list[Json]) -> Json:
    unchanged = {"304": {"description": "As the answer whose ETag is in If-None-Match"}}
    found = {"description": "What the customer may do", "content": {"application/json": {"schema": _ref("Answer")}}}
    responses = {"200": found | {"headers": {"ETag": {"schema": {"type": "string"}}}}, **unchanged, **_problems()}
    return {"operationId": name, "summary": summary, "parameters": parameters, "responses": responses}


def _answer() -> Json:
    """The access item with `allowed` and `why`. A field that is unknown or does not apply is null."""
    schema = AccessItem.model_json_schema(mode="serialization")
    fields = {name: _or_null(name, field, schema) for name, field in schema["properties"].items()}
    customers = {"type": "array", "items": {"type": "string"}, "description": "The customers with the reference"}
    properties = {"allowed": ALLOWED, "why": WHY, "limit": LIMIT, "customers": customers, **fields}
    return {"type": "object", "required": sorted(properties.keys() - {"limit"}), "properties": properties}


def _or_null(name: str, field: Json, schema: Json) -> Json:
    """A field of the answer, without references into the schema of the item."""
    inlined: Json = _inline(field, schema["$defs"])
    nullable = name in {"customer", "changed_at", "policy"}
    return {"anyOf": [inlined, {"type": "null"}]} if nullable else inlined


def _inline(part: Any, definitions: Json) -> Any:  # noqa: ANN401 - any part of a schema
    match part:
        case {"$ref": str(where), **more}:
            return {**_inline(definitions[where.rpartition("/")[2]], definitions), **_inline(more, definitions)}
        case dict():
            return {key: _inline(inner, definitions) for key, inner in part.items()}
        case list():
            return [_inline(inner, definitions) for inner in part]
    return part


def _ref(name: str) -> Json:
    return {"$ref": f"#/components/schemas/{name}"}
