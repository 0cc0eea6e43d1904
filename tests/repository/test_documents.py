"""Every link in a document leads somewhere, and every file that one names in its steps exists."""

import re
from pathlib import Path

import pytest

from cli.command import COMMANDS

ROOT = Path(__file__).parents[2]
DOCUMENTS = sorted(
    path.relative_to(ROOT)
    for folder in (".", "docs", "docs/decisions", "events", "bench", "infra", ".github")
    for path in (ROOT / folder).glob("*.md")
)
LINK = re.compile(r"(?<!!)\[[^\]]*\]\(([^)\s]+)\)")
CODE = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)


def anchors(path: Path) -> set[str]:
    """The anchors of a document's headings, as GitHub makes them."""
    headings = re.findall(r"^#+ (.*)$", CODE.sub("", path.read_text()), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).strip().replace(" ", "-") for heading in headings}


def leads_nowhere(document: Path, link: str) -> bool:
    file, _, anchor = link.partition("#")
    target = (ROOT / document).parent / file if file else ROOT / document
    return not target.exists() or bool(anchor and target.suffix == ".md" and anchor not in anchors(target))


@pytest.mark.parametrize("document", DOCUMENTS, ids=str)
def test_every_link_leads_somewhere(document: Path) -> None:
    links = LINK.findall(CODE.sub("", (ROOT / document).read_text()))
    assert [link for link in links if "://" not in link and leads_nowhere(document, link)] == []


def test_a_link_to_nowhere_would_be_found() -> None:
    assert leads_nowhere(Path("README.md"), "docs/nowhere.md")
    assert leads_nowhere(Path("CONTRIBUTING.md"), "README.md#nowhere")
    assert not leads_nowhere(Path("CONTRIBUTING.md"), "README.md#two-commands")


def test_every_file_that_contributing_names_exists() -> None:
    named = re.findall(r"`([\w./]+(?:/|\.(?:py|md|json|yaml|toml)))`", (ROOT / "CONTRIBUTING.md").read_text())
    assert len(named) > 20
    unsaid = {"handler.py", "wiring.py"}  # one in each function's folder
    assert [path for path in named if path not in unsaid and not (ROOT / path).exists()] == []


def test_every_make_target_that_a_document_names_exists() -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    for document in DOCUMENTS:
        assert set(re.findall(r"`make ([a-z-]+)", (ROOT / document).read_text())) <= targets


def test_every_command_that_a_document_names_exists() -> None:
    commands = {entry.name.partition(" ")[0] for entries in COMMANDS.values() for entry in entries}
    for document in (*DOCUMENTS, Path("template.yaml")):
        named = re.findall(r"\./billhook ([a-z-]+)", (ROOT / document).read_text())
        assert set(named) <= commands, document


def test_the_licence_is_whole() -> None:
    text = (ROOT / "LICENSE").read_text()
    assert "Apache License" in text
    assert "Version 2.0, January 2004" in text
    assert "END OF TERMS AND CONDITIONS" in text
