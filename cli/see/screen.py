"""What every screen shares: a console that wraps no id, times in UTC, and masks for personal data."""

import json
import re
from datetime import UTC, datetime

from rich.console import Console
from rich.text import Text
from rich.theme import Theme

GREEN, BROWN, RED, TEAL, GREY = "color(28)", "color(130)", "color(196)", "color(30)", "color(243)"
"""Colours that no terminal changes, and that read on a light ground as on a dark one. A terminal's own yellow, cyan and
green hardly show on white, and its dim text is hard to read on both."""
THEME = Theme(
    {
        "green": GREEN,
        "yellow": BROWN,
        "red": RED,
        "dim": GREY,
        "cyclopts.name": TEAL,
        "cyclopts.required_marker": f"bold {RED}",
        "cyclopts.required": RED,
        **dict.fromkeys(("cyclopts.choices", "cyclopts.env_var", "cyclopts.default"), GREY),
    }
)
"""What a style means on a terminal; the help pages of cyclopts have styles of their own."""
STYLES = {
    "done": "green",
    "committed": "yellow",
    "claimed": "yellow",
    "ignored": "dim",
    "failed": "red",
}

UNBROKEN = re.compile(
    r"\./billhook(?: plans)? [a-z-]+"
    r"""(?: (?:--(?:stack|region|plan|account) \S+|--[a-z-]+|'[^']*'|"[^"]*"|\S*[_./:…\d]\S*))*"""
    r"|stripe events [a-z]+ \S+|\d\d \w{3} \d{4}(?: \d\d:\d\d(?::\d\d)?)?(?: UTC)?"
)
"""Commands to copy, and times: no line is broken within them."""
GLUE = "\ue000"
"""Stands for a space within them while a line is wrapped."""


def glued(text: str) -> str:
    """`text`, of the same length, whose commands and times are one word each."""
    return UNBROKEN.sub(lambda found: found[0].replace(" ", GLUE), text)


class Screen:
    """Prints lines. A terminal shows styles and gets long lines wrapped between words; a pipe gets each line whole."""

    def __init__(self) -> None:
        self._console = Console(theme=THEME, highlight=False, soft_wrap=True, markup=False)

    def say(self, *parts: str | tuple[str, str]) -> None:
        """Print a line of texts, each plain or with a style; the rest of a long line is indented below."""
        text = Text.assemble(*parts)
        indent = len(text.plain) - len(text.plain.lstrip())
        if not self._console.is_terminal or text.cell_len <= self._console.width:
            self._console.print(text)
            return
        text.plain = glued(text.plain)
        said = text[indent:]
        said.overflow = "ignore"  # a command that is too long stays whole
        first, *rest = said.wrap(self._console, self._console.width - indent - 2)
        for line in (first, *rest):
            line.plain = line.plain.replace(GLUE, " ")
        self._console.print(Text(" " * indent) + first)
        for line in rest:
            self._console.print(Text(" " * (indent + 2)) + line)

    def command(self, text: str, indent: int = 4) -> None:
        """Print a command to copy: no line is broken within it."""
        self._console.print(Text(" " * indent + text))

    def fits(self, *parts: str | tuple[str, str]) -> bool:
        """Whether a line of these texts fits the terminal; in a pipe each does."""
        return not self._console.is_terminal or Text.assemble(*parts).cell_len <= self._console.width

    def title(self, text: str) -> None:
        """Print the title of a section, after an empty line."""
        self.say("")
        self.say((text, "bold"))

    def json(self, value: object) -> None:
        """Print a value as JSON."""
        print(json.dumps(value, indent=2, ensure_ascii=False, default=str))


def state(text: str) -> tuple[str, str]:
    """A state, padded, in its colour."""
    return f"{text:<9}", STYLES.get(text, "")


def moment(seconds: float) -> str:
    """A time in UTC: `26 Nov 2026 16:41:03`."""
    return f"{datetime.fromtimestamp(seconds, UTC):%d %b %Y %H:%M:%S}"


def lasting(seconds: float) -> str:
    """A length of time: `40 ms`, `12 s`, `3 min`, `5 h`, `2 days`; a negative one, as clocks differ, is `0 ms`."""
    seconds = max(0, seconds)
    if seconds < 1:
        return f"{seconds * 1000:.0f} ms"
    for least, unit, name in ((172_800, 86_400, "days"), (7_200, 3_600, "h"), (120, 60, "min")):
        if seconds >= least:
            return f"{seconds / unit:.0f} {name}"
    return f"{seconds:.1f} s" if seconds < 10 else f"{seconds:.0f} s"  # noqa: PLR2004 - a decimal tells something


def counted(number: int, what: str) -> str:
    """A number of things: `1 attempt`, `3 attempts`."""
    return f"{number} {what}" + ("" if number == 1 else "s")


def ago(seconds: float, now: float) -> str:
    """How long ago a time was, or how far ahead it is: `3 min ago`, `in 2 days`."""
    return f"{lasting(now - seconds)} ago" if seconds <= now else f"in {lasting(seconds - now)}"


def masked(text: str | None, *, reveal: bool) -> str:
    """Personal data: its first letter, and for an address its domain, unless somebody asked to `reveal` it."""
    if text is None:
        return "unknown"
    if reveal or not text:
        return text
    name, at, domain = text.partition("@")
    return f"{name[:1]}…{at}{domain}"
