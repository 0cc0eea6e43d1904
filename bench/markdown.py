"""Make a table in Markdown."""

from collections.abc import Iterable


def table(head: Iterable[str], rows: Iterable[Iterable[str]], right: str = "") -> str:
    """A Markdown table; `right` has an `r` for each column aligned to the right."""
    head = list(head)
    marks = ["--:" if mark == "r" else "---" for mark in right.ljust(len(head), "l")]
    lines = [head, marks, *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)
