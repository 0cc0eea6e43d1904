"""`billhook events`: the events that match filters, from an index or one customer's partition; never from a scan."""

import time
from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Any

from cli.errors import RefusedError
from cli.see.filters import UNFINISHED, Filters, read_filters
from cli.see.inbox import Tables, tables_of
from cli.see.screen import Screen, ago, counted, moment, state
from cli.where import HERE, Where
from shared.values.platform import PLATFORM

LOOKED_AT = 1000
"""Events of a customer that are looked at, the newest: some 500 read units."""


def events(*filters: str, limit: int = 50, json: bool = False, where: Where = HERE) -> int:
    """List events that match filters.

    Filters: state:failed type:invoice.* account:acct_… customer:cus_… since:2h error:"…". All must hold.

    Without customer:… the list has the events that are unfinished: retried, failed, or owing an effect. An index finds
    them. Finished events have no index by time, because it would cost a write for every event. Find them by customer:…
    (with account:… for a customer of a connected account), or by their id: ./billhook show evt_…

    Args:
        filters: state:, type:, account:, customer:, since: and error:, each with a value.
        limit: how many events to print at most.
        json: print the inbox items as JSON.
        where: the stack.
    """
    now = int(time.time())
    wanted = read_filters(filters, now)
    screen, tables = Screen(), tables_of(where)
    looked, seen = _looked_at(tables, wanted)
    found = [item for item in looked if wanted.match(item)]
    shown = sorted(found, key=lambda item: -item["received_ms"])[:limit]
    if json:
        screen.json(shown)
        return 0 if shown else 1
    for item in shown:
        _print(screen, item, now)
    screen.say((f"{len(found)} of {seen.format(count=len(looked))}" + _more(found, limit), "dim"))
    return 0 if shown else 1


def _looked_at(tables: Tables, wanted: Filters) -> tuple[list[dict[str, Any]], str]:
    """The events to filter, and the words that name them; `{count}` stands for their number."""
    if wanted.customer:
        account = wanted.account or PLATFORM
        ids = list(islice(tables.newest_events(account, wanted.customer, wanted.since), LOOKED_AT))
        newest = ", the newest" if len(ids) == LOOKED_AT else ""
        return list(tables.items(ids)), f"{{count}} events of {wanted.customer} of {account}{newest}"
    if wanted.state and wanted.state not in UNFINISHED:
        raise RefusedError(
            f"events that are {wanted.state} have no index: add customer:cus_…, or name one: ./billhook show evt_…"
        )
    return list(tables.unfinished()), "{count} unfinished events"


def _more(found: list[dict[str, Any]], limit: int) -> str:
    return f"; --limit {len(found)} shows them all" if len(found) > limit else ""


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


def is_unfinished(item: Mapping[str, Any]) -> bool:
    """Whether an inbox item's event waits for something."""
    return item["state"] in UNFINISHED
