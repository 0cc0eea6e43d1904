"""`billhook tail`: events as they enter the inbox and as they settle, until Ctrl-C."""

import json as json_
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from cli.bounds import Seconds
from cli.errors import RefusedError
from cli.see.events import reasons
from cli.see.filters import UNFINISHED, Filters, read_filters
from cli.see.inbox import Tables, tables_of
from cli.see.screen import Screen, lasting, state
from cli.see.window import LONGEST, read_items, window
from cli.where import HERE, Where
from shared.inbox.entered import ENTERED_MS

STOPPED = 130
"""The exit code of Ctrl-C."""
OVERLAP = 10
"""Seconds that two looks have in common: an entry appears in the index a moment after its event, and clocks differ."""
FOLLOWED = 500
"""Events that are not settled and that each look reads again, the newest: 250 read units."""

STEPS = ("received_ms", "started_ms", "committed_ms", "effects_ms", "mails_ms", "failed_ms", "done_ms")
"""The times of an inbox item, in epoch milliseconds."""


@dataclass
class Follower:
    """Finds what is new. `begin` and `looked`, the time of the last look, are in epoch seconds."""

    tables: Tables
    wanted: Filters
    begin: float
    looked: float = 0
    seen: dict[str, float] = field(default_factory=dict)
    """The ids in the overlap, each with the time at which it entered."""
    open: dict[str, tuple[Any, ...]] = field(default_factory=dict)
    """What was last known of each event that is not settled."""

    def look(self, now: float) -> Iterator[dict[str, Any]]:
        """The inbox items that are new or have changed, the oldest first; raises botocore's errors."""
        found = window(self.tables, max(self.begin, self.looked - OVERLAP), now + OVERLAP)
        new = [one for one in reversed(found.entries) if one["id"] not in self.seen]
        self.looked = now
        self.seen |= {one["id"]: one[ENTERED_MS] / 1000 for one in new}
        self.seen = {name: at for name, at in self.seen.items() if at > now - 2 * OVERLAP}
        ids = [*self.open, *(one["id"] for one in new if self.wanted.match_entry(one))]
        read = read_items(self.tables, ids)
        for item in (read[one] for one in ids if one in read):
            known = _known(item)
            if self.open.get(item["id"]) != known and self.wanted.match(item):
                yield item
            if item["state"] in UNFINISHED:
                self.open[item["id"]] = known
            else:
                self.open.pop(item["id"], None)
        self.open = dict(list(self.open.items())[-FOLLOWED:])


def _known(item: Mapping[str, Any]) -> tuple[Any, ...]:
    """What makes an event worth a further line: its state, its attempt, its error."""
    return item["state"], item["attempts"], item.get("error")


def tail(*filters: str, every: Seconds = 2, json: bool = False, where: Where = HERE) -> int:
    """Print events as they come and as they settle, until Ctrl-C.

    Filters: state:failed type:invoice.* account:acct_… customer:cus_… since:2h error:"…". All must hold. An event
    comes again when its state, its attempt or its error has changed. With since:… the list begins earlier than now.

    The list has events that enter the inbox from now on. A redriven or replayed event entered before: it shows only if
    since:… reaches back to its arrival and it was not settled when tail began. Each line begins with the time of the
    event's last step.

    A look takes four queries, eight around a full hour, of half a read unit each. Each new event costs half a unit, and
    so does each event that is not settled. Every two seconds, that is one read unit a second while nothing happens.

    Args:
        filters: state:, type:, account:, customer:, since: and error:, each with a value.
        every: seconds between two looks.
        json: print each inbox item as a line of JSON.
        where: the stack.
    """
    screen, now = Screen(), time.time()
    wanted = read_filters(filters, int(now))
    begin = wanted.since or now
    if begin < now - LONGEST:
        raise RefusedError("the time index is read 31 days back at most: say since:31d")
    follower = Follower(tables_of(where), wanted, begin)
    if not json:
        screen.say((f"events that enter the inbox of {where.name}, times in UTC; Ctrl-C ends", "dim"))
        screen.say(("  redriven and replayed ones entered before: since:… shows those that were not settled", "dim"))
    try:
        while True:
            now = time.time()
            for item in follower.look(now):
                print(json_.dumps(item), flush=True) if json else _print(screen, item, now)
            time.sleep(every)
    except KeyboardInterrupt:
        return STOPPED


def _stamp(at: float, now: float) -> str:
    """A time of today, `16:41:03`, or of another day, `26 Nov 16:41:03`."""
    then, today = datetime.fromtimestamp(at, UTC), datetime.fromtimestamp(now, UTC)
    return f"{then:%H:%M:%S}" if then.date() == today.date() else f"{then:%d %b %H:%M:%S}"


def _print(screen: Screen, item: Mapping[str, Any], now: float) -> None:
    """One line that fits 80 columns; who it is about where there is room; and a line for what is wrong."""
    at = _stamp(max(item[name] for name in STEPS if name in item) / 1000, now)
    took = f", {lasting((item['done_ms'] - item['received_ms']) / 1000)}" if "done_ms" in item else ""
    who = " ".join(one for one in (item["account"], item.get("customer")) if one)
    line: list[str | tuple[str, str]] = [(f"{at} ", "dim"), f"{item['id']:<28} ", state(item["state"])]
    line.append(f" {item['type']}")
    for more in (took, f"  {who}"):
        if screen.fits(*line, more):
            line.append((more, "dim"))
    screen.say(*line)
    if item["state"] != "committed":  # it owes something, as most do for a moment
        for reason in reasons(item, int(now)):
            screen.say(f"    {reason}")
