"""`make wrap` also writes what follows from the code: lists of events, of mails and reconcile's types; the schemas."""

import json
import re
import sys
from pathlib import Path

from cli.operate.endpoint_plan import types_for
from cli.samples import announced_schema, announced_types, openapi
from functions.consumer.routes import ROUTES
from shared.decisions.access_item import AccessItem
from shared.decisions.session_item import SessionItem
from shared.mails.catalogue import MAILS, mails_to
from shared.messages.internal_types import is_internal
from shared.values.frozen import Frozen

ROOT = Path(__file__).parents[2]
EVENTS = ROOT / "docs/events.md"
MAILS_SENT = ROOT / "docs/mails.md"
ACCESS_SCHEMA = ROOT / "docs/access.v1.schema.json"
SESSION_SCHEMA = ROOT / "docs/session.v1.schema.json"
EVENT_TYPES = ROOT / "functions/reconcile/event_types.py"


def main() -> None:
    """Write the lists into their files."""
    for path, updated in ((EVENTS, with_events), (MAILS_SENT, with_mails), (EVENT_TYPES, with_types)):
        path.write_text(updated(path.read_text()))
    ACCESS_SCHEMA.write_text(access_schema())
    SESSION_SCHEMA.write_text(session_schema())
    openapi.DOCUMENT.write_text(openapi.document())
    announced_schema.DOCUMENT.write_text(announced_schema.schema())
    announced_types.PYTHON.write_text(announced_types.python())
    announced_types.TYPESCRIPT.write_text(announced_types.typescript())


def access_schema() -> str:
    """The JSON Schema of the access item, as docs/access.v1.schema.json holds it."""
    return _schema(AccessItem)


def session_schema() -> str:
    """The JSON Schema of the session item, as docs/session.v1.schema.json holds it."""
    return _schema(SessionItem)


def _schema(model: type[Frozen]) -> str:
    schema = model.model_json_schema(mode="serialization")
    return json.dumps({"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}, indent=2) + "\n"


def with_events(document: str) -> str:
    """`document` with a row for the types that its first table lacks, in the words of their handler's docstring."""
    head, title, rest = document.partition("## What comes of each event")
    table, end, rest = rest.partition("\nAnything else is recorded")
    rows: dict[str, list[str]] = {}
    for type_, handler in ROUTES.items():
        if not is_internal(type_) and f"`{type_}`" not in table:
            rows.setdefault(handler.__module__, []).append(f"`{type_}`")
    for module, types in rows.items():
        says = (sys.modules[module].__doc__ or "").partition("\n")[0].partition(": ")[2].rstrip(".")
        table += f"| {', '.join(types)} | {says} |\n"
    return f"{head}{title}{table}{end}{rest}"


def with_mails(document: str) -> str:
    """`document` with the mails to customers and holders, and a row for each of the operator's that it lacks."""
    rows = "".join(
        f"| `{name}` | {mail.stripes_own or 'none'} |\n" for name, mail in MAILS.items() if mail.audience != "operator"
    )
    document = re.sub(r"(\| mail \|.*\n\| --- \| --- \|\n)(?:\|.*\n)*", lambda found: found[1] + rows, document)
    missing = [name for name in MAILS if name in mails_to("operator") and f"`{name}`" not in document]
    return document.rstrip() + "".join(f"\n| `{name}` | {name.replace('_', ' ')} |" for name in missing) + "\n"


def with_types(module: str) -> str:
    """`module`, the source of `event_types`, with the types that `make endpoint` has Stripe send."""
    listed = "".join(f'    "{type_}",\n' for type_ in types_for("connect"))
    return re.sub(r"(?<=^TYPES = \(\n)[^)]*", listed, module, flags=re.MULTILINE)


if __name__ == "__main__":
    main()
