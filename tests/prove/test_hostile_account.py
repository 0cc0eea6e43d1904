"""A hostile account at full speed beside calm ones: their delays, mails and books are as without it."""

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pytest

from functions.ingest import admission
from tests.prove.compare import MAY_DIFFER
from tests.prove.conftest import Report
from tests.prove.hostile_account import CALM, HOSTILE, calm, hostile
from tests.prove.moto_settings import ENVIRON
from tests.prove.neighbours import Day, Neighbours
from tests.prove.runner import Runner

SLOWER = 0.2
"""Seconds by which a calm event may end later: one invocation in work."""


@dataclass(frozen=True)
class Lived:
    """A day, and what it left of the calm accounts."""

    day: Day
    books: Mapping[Any, Any]
    mails: Counter[str]
    to_operator: list[str]

    def slowest(self, *, mails: bool = False) -> float:
        """The longest delay of a calm account's event, or of its mail, in seconds."""
        of = self.day.mailed if mails else self.day.decided
        return max(max(times) for account, times in of.items() if account in CALM)


@dataclass(frozen=True)
class Scale:
    """How long the day is, in seconds, how fast the hostile account is, and how far SQS looks."""

    seconds: float
    a_second: int
    window: int
    full: int


SHORT = Scale(seconds=6, a_second=25, window=45, full=15)
LONG = Scale(seconds=60, a_second=40, window=300, full=100)


@pytest.fixture(autouse=True)
def a_small_town(monkeypatch: pytest.MonkeyPatch) -> None:
    """The operator is told of connected accounts, too, and ingest's memory is as short as the day."""
    monkeypatch.setitem(ENVIRON, "TELL_CONNECTED", "true")
    monkeypatch.setattr(admission, "FRESH", 0.5)


def lived(runner: Runner, scale: Scale, *, beside: bool = True, admits: bool = True, group: str | None = None) -> Lived:
    """The day of the calm accounts, with the hostile one beside them or without; all are in `group` if there is one."""
    with runner.rolled_back():
        neighbours = Neighbours(runner, scale.window, scale.full if admits else 0, group)
        day = neighbours.live([*calm(scale.seconds), *(hostile(scale.seconds, scale.a_second) if beside else ())])
        left = runner.moto_cloud.snapshot()
    mails = [json.loads(mail) for mail in left.mails.elements()]
    return Lived(
        day,
        {key: _settled(item) for key, item in left.books.items() if key[0].partition("#")[0] in CALM},
        Counter(_told(mail) for mail in mails if ".example.com" in json.dumps(mail["destinations"])),
        [json.dumps(mail) for mail in mails if "ops@example.com" in json.dumps(mail)],
    )


def _settled(item: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in item.items() if name not in MAY_DIFFER}


def _told(mail: Mapping[str, Any]) -> str:
    return json.dumps({name: value for name, value in mail.items() if name != "sent_at"}, sort_keys=True)


def figures(alone: Lived, beside: Lived) -> list[str]:
    """The lines of the report."""
    answers, with_mails = beside.day.answers, alone.slowest(mails=True)
    told = {
        "calm events": sum(len(beside.day.decided[account]) for account in CALM),
        "hostile requests": sum(times for (account, _), times in answers.items() if account in {HOSTILE, "forged"}),
        "of these answered 200, 413, 503": "/".join(str(answers[HOSTILE, status]) for status in (200, 413, 503)),
        "forged, answered 400": answers["forged", 400],
        "dead letters of the hostile account": beside.day.dead[HOSTILE],
        "messages waiting at most": beside.day.longest,
        "a calm event is decided after, at most, s": f"{beside.slowest():.2f} (alone {alone.slowest():.2f})",
        "its mail is sent after, at most, s": f"{beside.slowest(mails=True):.2f} (alone {with_mails:.2f})",
        "mails to the operator": len(beside.to_operator),
    }
    return [f"{name:44}{figure:>24}" for name, figure in told.items()]


def assert_unharmed(alone: Lived, beside: Lived) -> None:
    """The calm accounts' answers, books, mails and delays are as without the hostile account."""
    assert {status for (account, status) in beside.day.answers if account in CALM} == {200}
    assert beside.books == alone.books != {}
    assert beside.mails == alone.mails
    assert beside.mails.total() >= len(CALM)
    assert beside.slowest() <= alone.slowest() + SLOWER
    assert beside.slowest(mails=True) <= alone.slowest(mails=True) + 2 * SLOWER


def assert_contained(beside: Lived, scale: Scale) -> None:
    """The hostile account was slowed down, its poison is dead, and it brought no link into a mail."""
    assert {status for (account, status) in beside.day.answers if account == "forged"} == {400}
    assert beside.day.answers[HOSTILE, 503] > 0
    assert beside.day.longest < scale.window
    assert beside.day.dead[HOSTILE] > 0
    assert set(beside.day.dead) == {HOSTILE}
    assert not [mail for mail in beside.to_operator if "evil.example" in mail or "<img" in mail]
    assert len(beside.to_operator) < 20


def test_calm_accounts_do_not_notice_a_hostile_one(runner: Runner, report: Report) -> None:
    alone, beside = lived(runner, SHORT, beside=False), lived(runner, SHORT)
    report("a hostile account at full speed, in small", figures(alone, beside))
    assert_unharmed(alone, beside)
    assert_contained(beside, SHORT)


@pytest.mark.prove
def test_nor_do_they_over_a_longer_time(runner: Runner, report: Report) -> None:
    alone, beside = lived(runner, LONG, beside=False), lived(runner, LONG)
    report("a hostile account at full speed", figures(alone, beside))
    assert_unharmed(alone, beside)
    assert_contained(beside, LONG)


@pytest.mark.parametrize(
    ("admits", "group"), [(True, "one for all"), (False, None)], ids=["without groups", "without admission"]
)
def test_the_harm_is_found_where_a_defence_is_missing(runner: Runner, group: str | None, *, admits: bool) -> None:
    assert lived(runner, SHORT, admits=admits, group=group).slowest() > 10 * SLOWER
