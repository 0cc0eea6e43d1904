"""`billhook events`: the events that match filters, from an index or one customer's partition; never from a scan."""

import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any

from cli.bounds import Count
from cli.errors import RefusedError
from cli.see.filters import UNFINISHED, UNFINISHED_STATE, Filters, read_filters
from cli.see.inbox import Tables, tables_of
from cli.see.screen import Screen, ago, counted, moment, state
from cli.see.window import HOUR, LONGEST, older_are_missing, read_items, window
from cli.where import HERE, Where
from shared.values.platform import PLATFORM

OF_A_CUSTOMER = 1000
"""Events of a customer that are looked at, the newest: some 500 read units."""
DAY = 24 * HOUR


@dataclass(frozen=True)
class Found:
    """The inbox items that match, the newest first; how many there are; and where they were looked for, in words."""

    items: list[dict[str, Any]]
    count: int
    looked: str
    missing: str = ""


def events(*filters: str, limit: Count = 50, json: bool = False, where: Where = HERE) -> int:
    """List events that match filters.

    Filters: state:failed type:invoice.* account:acct_… customer:cus_… since:2h error:"…". All must hold.

    Without since:… the list has the events of the last 24 hours, by the time index; since:31d reaches back furthest.
    With state:unfinished (claimed, committed or failed) or error:… it has all that are unfinished, of any time.
    With customer:… it has the customer's newest 1,000 (add account:… for a customer of a connected account).

    Args:
        filters: state:, type:, account:, customer:, since: and error:, each with a value.
        limit: how many events to print at most.
        json: print the inbox items as JSON.
        where: the stack.
    """
    now = int(time.time())
    wanted = read_filters(filters, now)
    screen = Screen()
    found = _found(tables_of(where), wanted, now, limit, where)
    if json:
        screen.json(found.items)
        return 0 if found.items else 1
    for item in found.items:
        _print(screen, item, now)
    screen.say((f"{found.count} of {found.looked}{_more(found.count, limit)}", "dim"))
    if found.missing:
        screen.say((found.missing, "yellow"))
    return 0 if found.items else 1


def _found(tables: Tables, wanted: Filters, now: int, limit: int, where: Where) -> Found:
    if wanted.customer:
        account = wanted.account or PLATFORM
        ids = list(islice(tables.newest_events(account, wanted.customer, wanted.since), OF_A_CUSTOMER))
        newest = ", the newest" if len(ids) == OF_A_CUSTOMER else ""
        looked = f"{counted(len(ids), 'event')} of {wanted.customer} of {account}{newest}"
        return _of(list(tables.items(ids)), wanted, limit, looked)
    if wanted.error or wanted.state in {*UNFINISHED, UNFINISHED_STATE}:
        items = list(tables.unfinished())
        return _of(items, wanted, limit, f"{len(items)} unfinished events")
    since = wanted.since or now - DAY
    if since < now - LONGEST:
        raise RefusedError("the time index is read 31 days back at most: say since:31d, or customer:cus_…")
    found = window(tables, since, now)
    entries = [entry for entry in found.entries if wanted.match_entry(entry)]
    if wanted.state:
        read = read_items(tables, [entry["id"] for entry in entries])
        matching = [one for entry in entries if (one := read.get(entry["id"])) and wanted.match(one)]
        return Found(matching[:limit], len(matching), str(found), older_are_missing(where, found))
    read = read_items(tables, [entry["id"] for entry in entries[:limit]])
    shown = [read[entry["id"]] for entry in entries[:limit] if entry["id"] in read]
    return Found(shown, len(entries), str(found), older_are_missing(where, found))


def _of(items: list[dict[str, Any]], wanted: Filters, limit: int, looked: str) -> Found:
    matching = sorted(filter(wanted.match, items), key=lambda item: -item["received_ms"])
    return Found(matching[:limit], len(matching), looked)


def _more(count: int, limit: int) -> str:
    return f"; --limit {count} shows them all" if count > limit else ""


def _print(screen: Screen, item: Mapping[str, Any], now: int) -> None:
    """Three lines that fit 80 columns, the id first, to be copied."""
    screen.say(f"{item['id']:<30} ", state(item["state"]), f" {item['type']}")
    received = item["received_ms"] / 1000
    who = item["account"] + (f", {item['customer']}" if item.get("customer") else "")
    screen.say((f"  received {moment(received)}, {ago(received, now)}; {who}", "dim"))
    for line in reasons(item, now):
        screen.say(f"  {line}")


def reasons(item: Mapping[str, Any], now: int) -> Iterator[str]:
    """Why an event is not finished; nothing for a finished event."""
    if item["state"] == "ignored":
        yield str(item.get("reason", ""))
    if item["state"] == "claimed":
        wait = item.get("next_at", 0) - now
        yield f"attempt {item['attempts']}: {item.get('error', 'under way')}" + (
            f", again in {wait} s" if wait > 0 else ""
        )
        if "faulty_since" in item:
            yield f"the deployment is at fault since {moment(item['faulty_since'])}: mend it within the hour"
    elif item["state"] == "failed" and "outbox" not in item:
        yield f"given up after {counted(item['attempts'], 'attempt')}, it lies in dlq.fifo: {item['error']}"
    for lane in ("effects", "mails"):
        if f"{lane}_owed" in item:
            gave_up = "failed_ms" in item.get(f"{lane}_holder", {})
            why = f"given up, they lie in {lane}-dlq: {item.get('error')}" if gave_up else "still owed"
            yield f"{lane}: {why}"
