"""A range of time as people type it: `3d`, `2026-11-22`, `now`."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime

from cli.errors import RefusedError

SECONDS = {"m": 60, "h": 3600, "d": 24 * 3600}
REACH = 30
"""Days that Stripe's event list covers (https://docs.stripe.com/api/events/list)."""


class RangeError(RefusedError):
    """The range cannot be reconciled; the text says why and what to type."""


@dataclass(frozen=True)
class Range:
    """From `since` to `until`, both included, in epoch seconds."""

    since: int
    until: int


def read_range(since: str, until: str | None, now: int, behind: int) -> Range:
    """The range that two texts describe.

    Args:
        since: days, hours or minutes ago, or a date or time, in UTC by default.
        until: the same, or `now`; None for `behind` seconds ago.
        now: the current time in epoch seconds.
        behind: how many seconds before now a range ends by default.

    Raises:
        RangeError: the range cannot be read, is empty, or begins before Stripe's list.
    """
    wanted = Range(read_time("--since", since, now), read_time("--until", until, now) if until else now - behind)
    if wanted.since < now - REACH * SECONDS["d"]:
        raise RangeError(f"Stripe lists events of the last {REACH} days only: --since {REACH}d is the earliest")
    if wanted.until > now:
        raise RangeError("--until is in the future: --until now is the latest")
    if wanted.since > wanted.until:
        hint = "" if until else ", which is an hour ago by default: add --until now"
        raise RangeError(f"--since is later than --until{hint}")
    return wanted


def read_time(name: str, text: str, now: int) -> int:
    """The time that `text` means, in epoch seconds.

    Raises:
        RangeError: it means no time; the message has `name`.
    """
    if text == "now":
        return now
    if ago := re.fullmatch(r"(\d+)([mhd])", text):
        return now - int(ago[1]) * SECONDS[ago[2]]
    try:
        read = datetime.fromisoformat(text)
    except ValueError:
        raise RangeError(f"{name} {text} is no time: say 3d, 12h, 90m, or a date such as 2026-11-22T08:00Z") from None
    return int((read if read.tzinfo else read.replace(tzinfo=UTC)).timestamp())
