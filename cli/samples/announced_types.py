"""The typed models of the announcements for consumers, to copy: one file in Python and one in TypeScript."""

import textwrap
from collections.abc import Iterable, Iterator
from pathlib import Path

from cli.samples.announced import FAMILIES
from cli.samples.announced_family import Entry, Family
from cli.samples.announced_schema import DETAIL, REQUIRED

ROOT = Path(__file__).parents[2]
PYTHON = ROOT / "clients/python/billhook_announcements.py"
TYPESCRIPT = ROOT / "clients/typescript/billhook-announcements.ts"
LONGEST_LINE = 120
IN_PYTHON = {"string": "str", "integer": "int", "boolean": "bool", "object": "dict[str, str]"}
IN_TYPESCRIPT = {"string": "string", "integer": "number", "boolean": "boolean", "object": "Record<string, string>"}


def python() -> str:
    """The module with the types in Python."""
    lines = [
        '"""The announcements of Billhook as types, to copy into your app; other types, facts and words may come."""',
        "",
        "from typing import Any, Literal, NotRequired, TypedDict",
        "",
        "",
        "class Detail(TypedDict):",
        '    """What every announcement says."""',
        "",
        *(_python_field(name, IN_PYTHON[field["type"]], always=name in REQUIRED) for name, field in DETAIL.items()),
    ]
    for family in FAMILIES:
        facts = ["", "", *_python_facts(family)] if family.facts else []
        entries = [line for one in family.lists.values() for line in ("", "", *_python_facts(one))]
        lines += [*facts, *entries, "", "", *_python_detail(family), "", "", *_python_event(family)]
    events = " | ".join(f"{family.name}Event" for family in FAMILIES)
    lines += [
        f"BillhookEvent = {events}",
        '"""An event on the bus, as EventBridge hands it to a Lambda function. Other fields are EventBridge\'s own."""',
        "",
        "",
        "def named(facts: Any, prefix: str) -> dict[str, Any]:  # noqa: ANN401 - any TypedDict",
        '    """The facts whose names begin with `prefix`, such as `limit_`, without it."""',
        "    return {name.removeprefix(prefix): value for name, value in facts.items() if name.startswith(prefix)}",
    ]
    return "\n".join(lines) + "\n"


def _python_field(name: str, kind: str, *, always: bool) -> str:
    return f"    {name}: {kind if always else f'NotRequired[{kind}]'}"


def _python_facts(of: Family | Entry) -> Iterator[str]:
    yield f"class {_name_of_facts(of)}(TypedDict):"
    if isinstance(of, Family) and of.prefixes:
        yield f'    """{of.says}.'
        yield ""
        yield from (f"    `{prefix}…`: {fact.says}." for prefix, fact in of.prefixes.items())
        yield '    """'
    else:
        yield f'    """{of.says}."""'
    yield ""
    for name, fact in of.facts.items():
        kind = _literal(fact.words) if fact.words else IN_PYTHON[fact.kind]
        yield _python_field(name, kind, always=fact.always)


def _name_of_facts(of: Family | Entry) -> str:
    return f"{of.name}Facts" if isinstance(of, Family) else of.name


def _literal(words: Iterable[str]) -> str:
    return f"Literal[{', '.join(f'"{word}"' for word in words)}]"


def _python_detail(family: Family) -> Iterator[str]:
    yield f"class {family.name}Detail(Detail):"
    yield f'    """The detail of an event whose type is one of `{family.name}Type`."""'
    yield ""
    yield f"    facts: {f'{family.name}Facts' if family.facts else 'dict[str, str]'}"
    yield from (f"    {name}: NotRequired[list[{one.name}]]" for name, one in family.lists.items())


def _python_event(family: Family) -> Iterator[str]:
    name, types = family.name, f"{family.name}Type = {_literal(family.types)}"
    if len(types) <= LONGEST_LINE:
        yield types
    else:
        yield f"{name}Type = Literal["
        rows = textwrap.wrap(" ".join(f'"{one}",' for one in family.types), LONGEST_LINE - 4)
        yield from (f"    {row}" for row in rows)
        yield "]  # fmt: skip"
    yield f'{name}Event = TypedDict("{name}Event", {{"detail-type": {name}Type, "detail": {name}Detail}})'


def typescript() -> str:
    """The module with the types in TypeScript."""
    lines = [
        "// The announcements of Billhook as types: one file to copy into your app.",
        "// Unknown detail types, facts and words may come: ignore them.",
        "",
        "/** What every announcement says. */",
        "export interface Detail {",
    ]
    for name, field in DETAIL.items():
        lines += [f"  /** {field['description']}. */"]
        lines += [f"  {name}{'' if name in REQUIRED else '?'}: {IN_TYPESCRIPT[field['type']]};"]
    lines += ["}"]
    for family in FAMILIES:
        entries = [line for one in family.lists.values() for line in ("", *_typescript_facts(one))]
        lines += ["", *_typescript_facts(family), *entries]
        lines += ["", *_typescript_detail(family), "", *_typescript_events(family)]
    events = " | ".join(f"{family.name}Event" for family in FAMILIES)
    lines += [
        "",
        "/** An event on the bus, as EventBridge hands it to a Lambda function. Other fields are EventBridge's own. */",
        f"export type BillhookEvent = {events};",
    ]
    return "\n".join(lines) + "\n"


def _typescript_facts(of: Family | Entry) -> Iterator[str]:
    yield f"/** {of.says}. */"
    yield f"export interface {_name_of_facts(of)} {{"
    for name, fact in of.facts.items():
        kind = " | ".join(f'"{word}"' for word in fact.words) or IN_TYPESCRIPT[fact.kind]
        yield f"  /** {fact.says}. */"
        yield f"  {name}{'' if fact.always else '?'}: {kind};"
    for prefix, fact in of.prefixes.items() if isinstance(of, Family) else ():
        yield f"  /** {fact.says}. */"
        yield f"  [name: `{prefix}${{string}}`]: {IN_TYPESCRIPT[fact.kind]};"
    yield "}"


def _typescript_detail(family: Family) -> Iterator[str]:
    yield f"export interface {family.name}Detail extends Detail {{"
    yield f"  facts: {family.name}Facts;"
    for name, one in family.lists.items():
        yield f"  /** {one.listed}. */"
        yield f"  {name}?: {one.name}[];"
    yield "}"


def _typescript_events(family: Family) -> Iterator[str]:
    yield f"export interface {family.name}Event {{"
    yield f'  "detail-type": {" | ".join(f'"{name}"' for name in family.types)};'
    yield f"  detail: {family.name}Detail;"
    yield "}"
