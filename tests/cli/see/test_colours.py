"""Every style of a screen reads on a light terminal as on a dark one, whatever the terminal's own colours are."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from rich.color import ANSI_COLOR_NAMES
from rich.default_styles import DEFAULT_STYLES

from cli.command import main
from cli.see.screen import THEME, Screen, state

CLI = Path(__file__).parents[3] / "cli"
COLOURS = {name: style.color for name, style in THEME.styles.items() if style != DEFAULT_STYLES.get(name)}
READABLE = {"bold", *COLOURS}
"""The styles that a screen may have."""
STYLES = {*ANSI_COLOR_NAMES, *(name for name in DEFAULT_STYLES if "." not in name)} - {"none", "reset", "code"}
GROUNDS = {"white": (0xFFFFFF, 3.9), "black": (0x000000, 3.9), "Solarized light": (0xFDF6E3, 3), "dark": (0x002B36, 3)}
"""What a terminal shows behind the text, and the least contrast on it."""
ON_BLACK = "1;36;40"
"""Code in a help page: cyan on a black ground of its own."""


def luminance(red: float, green: float, blue: float) -> float:
    """The relative luminance of a colour, as WCAG defines it."""
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in (red, green, blue)]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: float, other: float) -> float:
    """How well a luminance shows on another: 1 is invisible, 21 is black on white."""
    return (max(one, other) + 0.05) / (min(one, other) + 0.05)


def words_of(path: Path) -> Iterator[str]:
    """The strings in a module that could be styles, those in markup included."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value
            yield from re.findall(r"\[/?([a-z_ ]+)\]", node.value)


@pytest.mark.parametrize("ground", GROUNDS)
@pytest.mark.parametrize("name", [name for name, colour in COLOURS.items() if colour])
def test_each_colour_reads_on_light_and_on_dark(name: str, ground: str) -> None:
    behind, least = GROUNDS[ground]
    colour = COLOURS[name]
    assert colour is not None
    assert colour.number is not None
    assert colour.number >= 16, "a terminal may change its first sixteen colours"
    seen = luminance(*colour.get_truecolor().normalized)
    assert contrast(seen, luminance(*((behind >> bits & 255) / 255 for bits in (16, 8, 0)))) >= least


def test_a_terminals_own_yellow_and_dim_would_be_refused() -> None:
    white = luminance(1, 1, 1)
    assert contrast(luminance(0xCD / 255, 0xCD / 255, 0), white) < 2  # xterm's yellow
    assert not {"bright_yellow", "cyan", "white", "bright_black"} & READABLE


@pytest.mark.parametrize("path", sorted(CLI.rglob("*.py")), ids=lambda path: str(path.relative_to(CLI)))
def test_no_screen_has_another_style_or_a_console_without_the_theme(path: Path) -> None:
    assert {word for word in words_of(path) if word in STYLES} <= READABLE
    consoles = [node for node in ast.walk(ast.parse(path.read_text())) if _makes_a_console(node)]
    assert ["theme=THEME" in ast.unparse(one) for one in consoles] == [True] * len(consoles)


def _makes_a_console(node: ast.AST) -> bool:
    return isinstance(node, ast.Call) and ast.unparse(node.func).endswith("Console")


def test_a_screen_and_a_help_page_show_these_colours(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("TERM", "xterm-256color")
    Screen().say(state("committed"), ("so", "dim"))
    assert capsys.readouterr().out == "\x1b[38;5;130mcommitted\x1b[0m\x1b[38;5;243mso\x1b[0m\n"
    main(["dead", "--help"])
    colours = set(re.findall(r"\x1b\[([0-9;]+)m", capsys.readouterr().out))
    assert colours == {"0", "1", "38;5;30", "38;5;243", ON_BLACK}
