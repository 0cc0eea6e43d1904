"""Times, lengths and masks read as a person says them, and a terminal gets long lines wrapped between words."""

import pytest

from cli.command import _wrapped as wrapped_for_a_person
from cli.see.screen import Screen, ago, counted, lasting, masked, moment


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (-0.81, "0 ms"),
        (0.04, "40 ms"),
        (1.5, "1.5 s"),
        (59, "59 s"),
        (300, "5 min"),
        (10_800, "3 h"),
        (400_000, "5 days"),
    ],
)
def test_a_length_of_time_has_one_unit(seconds: float, said: str) -> None:
    assert lasting(seconds) == said


def test_a_time_is_told_in_utc_and_by_its_distance() -> None:
    assert moment(1_795_000_000) == "18 Nov 2026 11:06:40"
    assert (ago(100, 160), ago(160, 100)) == ("60 s ago", "in 60 s")
    assert (counted(1, "cause"), counted(0, "cause")) == ("1 cause", "0 causes")


@pytest.mark.parametrize(
    ("text", "shown"), [("ann@example.com", "a…@example.com"), ("Ann Smith", "A…"), (None, "unknown"), ("", "")]
)
def test_personal_data_is_masked_but_for_its_first_letter(text: str | None, shown: str) -> None:
    assert masked(text, reveal=False) == shown
    assert masked(text, reveal=True) == (text if text is not None else "unknown")


def test_a_terminal_gets_a_long_line_in_parts_and_a_pipe_gets_it_whole(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    line = "  " + " ".join(["word"] * 20) + " evt_" + "x" * 60
    monkeypatch.setenv("COLUMNS", "80")
    Screen().say(line)
    assert capsys.readouterr().out == f"{line}\n"
    monkeypatch.setenv("FORCE_COLOR", "1")
    Screen().say(line)
    first, *rest = capsys.readouterr().out.splitlines()
    assert len(first) <= 80
    assert all(one.startswith("    ") for one in rest)
    assert rest[-1].strip() == "evt_" + "x" * 60


@pytest.mark.parametrize(
    "whole",
    [
        f"./billhook apply /tmp/{'a' * 80}.json",
        "./billhook redrive dlq.fifo --cause 'KeyError unexpected' --stack billhook",
        "./billhook show evt_1",
        "./billhook plans check --offline",
        "26 Nov 2026 18:00:00 UTC",
        "stripe events resend evt_1",
    ],
)
@pytest.mark.parametrize("before", range(30, 80, 7))
def test_no_line_is_broken_within_a_command_or_a_time(
    whole: str, before: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setattr("sys.stderr.isatty", lambda: True, raising=False)
    line = f"{'w' * (before // 2)} {'w' * (before // 2)} {whole} and more words after it that fill a line of a terminal"
    Screen().say(line)
    assert whole in (said := capsys.readouterr().out)
    assert " ".join(said.split()) == line
    assert whole in (wrapped := wrapped_for_a_person(line))
    assert " ".join(wrapped.split()) == line
