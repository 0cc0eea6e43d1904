"""The part of JSON Schema that our schemas use, to check a value against one."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

type Json = Any
TYPES: Mapping[str, tuple[type, ...]] = {
    "object": (dict,),
    "array": (list,),
    "string": (str,),
    "integer": (int,),
    "boolean": (bool,),
    "null": (type(None),),
}
KNOWN = {
    "type",
    "properties",
    "required",
    "additionalProperties",
    "patternProperties",
    "items",
    "enum",
    "const",
    "anyOf",
    "$ref",
}
WORDS = {"title", "description", "default", "examples", "$schema", "$defs"}


def mistakes(value: Json, schema: Json, whole: Json, place: str = "") -> Iterator[str]:
    """What is wrong with `value`, by its place; `whole` is the document that references point into.

    Raises:
        NotImplementedError: the schema uses a keyword that this part does not know.
    """
    if unknown := schema.keys() - KNOWN - WORDS:
        raise NotImplementedError(sorted(unknown))
    if "$ref" in schema:
        target = whole
        for step in schema["$ref"].removeprefix("#/").split("/"):
            target = target[step]
        yield from mistakes(value, target, whole, place)
    if "anyOf" in schema and all(list(mistakes(value, one, whole, place)) for one in schema["anyOf"]):
        yield f"{place}: {value!r} fits none of several"
    if "enum" in schema and value not in schema["enum"]:
        yield f"{place}: {value!r} is none of {schema['enum']}"
    if "const" in schema and value != schema["const"]:
        yield f"{place}: {value!r} is not {schema['const']!r}"
    if "type" in schema:
        yield from _of_type(value, schema, whole, place)


def _of_type(value: Json, schema: Json, whole: Json, place: str) -> Iterator[str]:
    if not isinstance(value, TYPES[schema["type"]]) or (schema["type"] == "integer" and isinstance(value, bool)):
        yield f"{place}: {value!r} is no {schema['type']}"
    elif isinstance(value, dict):
        fields, more = schema.get("properties", {}), schema.get("additionalProperties", True)
        patterns = schema.get("patternProperties", {})
        yield from (f"{place}.{name}: missing" for name in schema.get("required", ()) if name not in value)
        for name, inner in value.items():
            alike = [one for beginning, one in patterns.items() if re.search(beginning, name)]
            if name in fields:
                yield from mistakes(inner, fields[name], whole, f"{place}.{name}")
            elif alike:
                yield from (said for one in alike for said in mistakes(inner, one, whole, f"{place}.{name}"))
            elif more is False:
                yield f"{place}.{name}: unknown"
            elif isinstance(more, dict):
                yield from mistakes(inner, more, whole, f"{place}.{name}")
    elif isinstance(value, list):
        for number, inner in enumerate(value):
            yield from mistakes(inner, schema.get("items", {}), whole, f"{place}[{number}]")
