"""The JSON Schema of all announcements in one file: of the whole event on the bus, and of each detail by its type."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from cli.samples.announced import FAMILIES
from cli.samples.announced_family import Fact, Family

DOCUMENT = Path(__file__).parents[2] / "docs/announcements.v1.schema.json"

type Json = dict[str, Any]

METADATA: Json = {"type": "object", "additionalProperties": {"type": "string"}}
DETAIL: Json = {
    "id": {"type": "string", "description": "The same in each repetition"},
    "at": {"type": "integer", "description": "When the event behind it was created, in epoch seconds"},
    "account": {"type": "string", "description": "The connected account, acct_…, or `platform`"},
    "customer": {"type": "string", "description": "Stripe's id of the customer, cus_…; absent for a guest"},
    "record": {"type": "string", "description": "What has changed; `version` counts its changes"},
    "version": {"type": "integer", "description": "Of two announcements about one record, the higher is the newer"},
    "reference": {"type": "string", "description": "The business's own id of the customer or the order"},
    "metadata": {**METADATA, "description": "The metadata of the object that the event is about"},
    "customer_metadata": {**METADATA, "description": "The metadata of the customer"},
    "subscription_metadata": {**METADATA, "description": "The metadata of the subscription"},
}
REQUIRED = ["id", "at", "account", "record", "version", "facts", "metadata"]


def schema() -> str:
    """The document, as docs/announcements.v1.schema.json holds it."""
    types = {name: (family, says) for family in FAMILIES for name, says in family.types.items()}
    whole: Json = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "BillhookEvent",
        "description": "An event on the bus. Unknown detail types, facts and words may come",
        "type": "object",
        "required": ["source", "detail-type", "detail"],
        "properties": {
            "source": {"type": "string", "const": "billhook"},
            "detail-type": {"type": "string", "enum": list(types)},
            "detail": {"type": "object"},
        },
        "anyOf": [_event(name) for name in types],
        "$defs": {
            **{
                name: {"description": says, "$ref": f"#/$defs/{family.name}Detail"}
                for name, (family, says) in types.items()
            },
            **{f"{family.name}Detail": _detail(family) for family in FAMILIES},
            **{f"{family.name}Facts": _facts(family.facts, family.prefixes) for family in FAMILIES},
            **{one.name: _facts(one.facts) for family in FAMILIES for one in family.lists.values()},
        },
    }
    return json.dumps(whole, indent=2, ensure_ascii=False) + "\n"


def _event(name: str) -> Json:
    fields = {"detail-type": {"type": "string", "const": name}, "detail": {"$ref": f"#/$defs/{name}"}}
    return {"type": "object", "properties": fields}


def _detail(family: Family) -> Json:
    facts = {"$ref": f"#/$defs/{family.name}Facts"}
    lists = {
        name: {"type": "array", "description": one.listed, "items": {"$ref": f"#/$defs/{one.name}"}}
        for name, one in family.lists.items()
    }
    return {
        "type": "object",
        "description": family.says,
        "required": REQUIRED,
        "properties": {**DETAIL, "facts": facts, **lists},
    }


def _facts(facts: Mapping[str, Fact], prefixes: Mapping[str, Fact] = {}) -> Json:
    return {
        "type": "object",
        "required": [name for name, fact in facts.items() if fact.always],
        "properties": {name: _fact(fact) for name, fact in facts.items()},
        "patternProperties": {f"^{prefix}": _fact(fact) for prefix, fact in prefixes.items()},
    }


def _fact(fact: Fact) -> Json:
    return {"type": fact.kind, "description": fact.says, **({"enum": list(fact.words)} if fact.words else {})}
