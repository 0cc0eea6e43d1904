"""The typed models for listeners fit every example, and a compiler tells one detail type from another by them."""

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any, get_type_hints

import pytest

import billhook_announcements
from billhook_announcements import named
from tests.clients.test_typescript import RULES, TSC

ROOT = Path(__file__).parents[2]
EXAMPLES: list[dict[str, Any]] = json.loads((ROOT / "docs/announcements.examples.json").read_text())
FAMILIES = ("Organization", "Erased", "Order", "Payment", "Payout", "Account")
LISTENER = """
export function sum(event: BillhookEvent): number | undefined {
  switch (event["detail-type"]) {
    case "organization.access_granted":
      return event.detail.facts.limit_seats;
    case "order.fulfilled":
      return event.detail.facts.amount;
    case "organization.erased":
      return event.detail.version;
    default:
      return undefined;
  }
}
"""


def compiled(folder: Path, program: str) -> str:
    """What the compiler says of a program beside the types; empty if nothing is wrong."""
    if not TSC.exists():
        pytest.skip("TypeScript is not installed: run `make typescript`")
    shutil.copy(ROOT / "clients/typescript/billhook-announcements.ts", folder)
    types = 'import type { BillhookEvent } from "./billhook-announcements.js";\n'
    (folder / "program.ts").write_text(types + program)
    (folder / "package.json").write_text('{"type": "module"}')
    command = [str(TSC), *RULES, "--noEmit", "billhook-announcements.ts", "program.ts"]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False).stdout  # noqa: S603 - our own compiler


def test_every_example_has_its_type_in_typescript(tmp_path: Path) -> None:
    events = [{name: one[name] for name in ("detail-type", "detail")} for one in EXAMPLES]
    assert compiled(tmp_path, f"export const events: BillhookEvent[] = {json.dumps(events)};\n") == ""
    events[0]["detail"] |= {"version": "2"}
    assert "is not assignable" in compiled(tmp_path, f"export const events: BillhookEvent[] = {json.dumps(events)};\n")


def test_a_detail_type_tells_typescript_which_facts_there_are(tmp_path: Path) -> None:
    assert compiled(tmp_path, LISTENER) == ""
    assert "amount" in compiled(tmp_path, LISTENER.replace("facts.limit_seats", "facts.amount"))


def of_python(example: dict[str, Any]) -> tuple[str, ...]:
    """The families of the types in Python that have the detail type of an example."""
    types = {name: getattr(billhook_announcements, f"{name}Type").__args__ for name in FAMILIES}
    return tuple(name for name, those in types.items() if example["detail-type"] in those)


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda one: one["detail-type"])
def test_every_example_has_its_type_in_python(example: dict[str, Any]) -> None:
    (family,) = of_python(example)
    detail: Any = getattr(billhook_announcements, f"{family}Detail")
    assert detail.__required_keys__ <= example["detail"].keys() <= get_type_hints(detail).keys()
    facts: Any = getattr(billhook_announcements, f"{family}Facts", None)
    if facts is None:
        assert example["detail"]["facts"] == {}
        return
    alike = {name for name in example["detail"]["facts"] if name.startswith(("limit_", "feature_", "can_"))}
    assert facts.__required_keys__ <= example["detail"]["facts"].keys()
    assert example["detail"]["facts"].keys() - alike <= get_type_hints(facts).keys()


def test_limits_and_features_are_found_by_the_beginning_of_their_names() -> None:
    granted = next(one for one in EXAMPLES if one["detail-type"] == "organization.access_granted")
    facts = granted["detail"]["facts"]
    assert named(facts, "limit_") == {"seats": 5, "projects": 20}
    assert named(facts, "feature_") == {"exports": True}
