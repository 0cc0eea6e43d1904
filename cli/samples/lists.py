"""`make wrap` also writes the lists that follow from the code: README's mails and the types that reconcile lists."""

import re
import textwrap
from pathlib import Path

from cli.operate.endpoint_plan import types_for
from shared.mails.catalogue import MAILS, mails_to

ROOT = Path(__file__).parents[2]
README = ROOT / "README.md"
EVENT_TYPES = ROOT / "functions/reconcile/event_types.py"


def main() -> None:
    """Write the lists into their files."""
    README.write_text(with_mails(README.read_text()))
    EVENT_TYPES.write_text(with_types(EVENT_TYPES.read_text()))


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
