"""`make wrap` also writes the lists that follow from the code: README's events and mails, and reconcile's types."""

import re
import sys
import textwrap
from pathlib import Path

from cli.operate.endpoint_plan import types_for
from functions.consumer.routes import ROUTES
from shared.mails.catalogue import MAILS, mails_to
from shared.messages.internal_types import is_internal

ROOT = Path(__file__).parents[2]
README = ROOT / "README.md"
EVENT_TYPES = ROOT / "functions/reconcile/event_types.py"


def main() -> None:
    """Write the lists into their files."""
    README.write_text(with_events(with_mails(README.read_text())))
    EVENT_TYPES.write_text(with_types(EVENT_TYPES.read_text()))


def with_events(readme: str) -> str:
    """`readme` with a row for the types that its table of events lacks, in the words of their handler's docstring."""
    head, title, rest = readme.partition("## Events")
    table, end, rest = rest.partition("\nAnything else is recorded")
    rows: dict[str, list[str]] = {}
    for type_, handler in ROUTES.items():
        if not is_internal(type_) and f"`{type_}`" not in table:
            rows.setdefault(handler.__module__, []).append(f"`{type_}`")
    for module, types in rows.items():
        says = (sys.modules[module].__doc__ or "").partition("\n")[0].partition(": ")[2].rstrip(".")
        table += f"| {', '.join(types)} | {says} |\n"
    return f"{head}{title}{table}{end}{rest}"


def with_mails(readme: str) -> str:
    """`readme` with the mails of the catalogue: a table of those to customers and holders, a list of the operator's."""
    rows = "".join(
        f"| `{name}` | {mail.stripes_own or 'none'} |\n" for name, mail in MAILS.items() if mail.audience != "operator"
    )
    readme = re.sub(r"(\| mail \|.*\n\| --- \| --- \|\n)(?:\|.*\n)*", lambda found: found[1] + rows, readme)
    names = ", ".join(f"`{name}`" for name in MAILS if name in mails_to("operator"))
    sentence = f"To the operator (`OperatorAddress`): {names}."
    return re.sub(r"To the operator \(`OperatorAddress`\): [^.]*\.", lambda _: textwrap.fill(sentence, 120), readme)


def with_types(module: str) -> str:
    """`module`, the source of `event_types`, with the types that `make endpoint` has Stripe send."""
    listed = "".join(f'    "{type_}",\n' for type_ in types_for("connect"))
    return re.sub(r"(?<=^TYPES = \(\n)[^)]*", listed, module, flags=re.MULTILINE)


if __name__ == "__main__":
    main()
