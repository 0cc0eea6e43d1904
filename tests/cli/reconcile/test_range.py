"""People can type a range as they say it, and an impossible range is explained."""

import pytest

from cli.operate.reconcile_range import Range, RangeError, read_range
from tests.cli.reconcile.reconcile_command import DAY, HOUR

NOW = 1_790_000_000


@pytest.mark.parametrize(
    ("since", "until", "wanted"),
    [
        ("3d", None, Range(NOW - 3 * DAY, NOW - HOUR)),
        ("12h", "90m", Range(NOW - 12 * HOUR, NOW - 90 * 60)),
        ("30d", "now", Range(NOW - 30 * DAY, NOW)),
        ("2026-09-20", "2026-09-20T12:00Z", Range(1_789_862_400, 1_789_905_600)),
        ("2026-09-20T02:00+02:00", None, Range(1_789_862_400, NOW - HOUR)),
    ],
)
def test_a_range_is_typed_as_people_say_it(since: str, until: str | None, wanted: Range) -> None:
    assert read_range(since, until, NOW, HOUR) == wanted


@pytest.mark.parametrize(
    ("since", "until", "why"),
    [
        ("yesterday", None, "--since yesterday is no time"),
        ("3d", "soon", "--until soon is no time"),
        ("31d", None, "Stripe lists events of the last 30 days only: --since 30d is the earliest"),
        ("30m", None, "--since is later than --until, which is an hour ago by default: add --until now"),
        ("1h", "2h", "--since is later than --until"),
        ("1h", "2030-01-01", "--until is in the future"),
    ],
)
def test_a_range_that_cannot_be_looked_at_says_why(since: str, until: str | None, why: str) -> None:
    with pytest.raises(RangeError, match=why):
        read_range(since, until, NOW, HOUR)
