"""A range of time as people type it: `3d`, `2026-11-22`, `now`."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime

SECONDS = {"m": 60, "h": 3600, "d": 24 * 3600}
REACH = 30
"""How many days Stripe's event list goes back (https://docs.stripe.com/api/events/list)."""


class RangeError(Exception):
    """It is no range that can be looked at, and the text says why."""


@dataclass(frozen=True)
class Range:
    """From `since` to `until`, both included, in epoch seconds."""

    since: int
    until: int


def read_range(since: str, until: str | None, now: int, behind: int) -> Range:
    """The range that was asked for.

    Args:
        since: so many days, hours or minutes ago, or a date or time; in UTC unless it says otherwise.
        until: likewise, or `now`; None for `behind` seconds ago.
        now: in epoch seconds.
        behind: how far behind now a range ends by default, in seconds.

    Raises:
        RangeError: it cannot be read, is empty, or reaches too far back.
    """
    wanted = Range(read_time("SINCE", since, now), read_time("UNTIL", until, now) if until else now - behind)
    if wanted.since < now - REACH * SECONDS["d"]:
        raise RangeError(f"Stripe lists events of the last {REACH} days only: SINCE={REACH}d is the earliest")
    if wanted.until > now:
        raise RangeError("UNTIL is in the future")
    if wanted.since > wanted.until:
        hint = "" if until else ", which is an hour ago unless you say: UNTIL=now"
        raise RangeError(f"SINCE is later than UNTIL{hint}")
    return wanted


def read_time(name: str, text: str, now: int) -> int:
    """The time that `text` means, in epoch seconds.

    Raises:
        RangeError: it means none; names `name`.
    """
    if text == "now":
        return now
    if ago := re.fullmatch(r"(\d+)([mhd])", text):
        return now - int(ago[1]) * SECONDS[ago[2]]
    try:
        read = datetime.fromisoformat(text)
    except ValueError:
        raise RangeError(f"{name}={text} is no time: say 3d, 12h, 90m, or a date such as 2026-11-22T08:00Z") from None
    return int((read if read.tzinfo else read.replace(tzinfo=UTC)).timestamp())
