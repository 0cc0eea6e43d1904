"""`billhook audit`: which commands changed the stack, who typed them, and what they did; the newest first."""

import time
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from cli.operate.audit import partition_of, sort_key_of
from cli.operate.reconcile_range import read_time
from cli.see.inbox import Tables, tables_of
from cli.see.screen import Screen, ago, counted, lasting, moment
from cli.where import HERE, Where
from shared.tables.attributes import from_item, to_item

STYLES = {"done": "green", "begun": "yellow", "stopped": "yellow", "failed": "red"}
SHOWN = 3
"""Events of an entry that the screen names; --json has all that the entry has."""
STILL = 900
"""Seconds after which a command that has not ended was probably killed."""


def audit(*, since: str = "30d", json: bool = False, where: Where = HERE) -> int:
    """Show which commands changed the stack, and who typed them.

    The newest comes first. A command writes its entry before it changes anything, and completes it at the end. The
    command reads one partition for each month, and scans no table.

    Args:
        since: 3d, 12h, 90m, or a date such as 2026-11-22T08:00Z.
        json: print the entries as JSON.
        where: the stack.
    """
    screen, now = Screen(), time.time()
    begin = read_time("--since", since, int(now))
    found = list(entries(tables_of(where), begin, now))
    if json:
        screen.json(found)
        return 0 if found else 1
    for entry in found:
        _print(screen, entry, now)
    screen.say((f"{counted(len(found), 'change')} since {moment(begin)} UTC", "dim"))
    return 0 if found else 1


def entries(tables: Tables, since: float, now: float) -> Iterator[dict[str, Any]]:
    """The entries since a time in epoch seconds, the newest first; raises botocore's errors if DynamoDB refuses."""
    for partition in _months(since, now):
        pages = tables.client.get_paginator("query").paginate(
            TableName=tables.books,
            KeyConditionExpression="pk = :pk AND sk >= :since",
            ExpressionAttributeValues=to_item({":pk": partition, ":since": sort_key_of(since)}),
            ScanIndexForward=False,
            ConsistentRead=True,
        )
        yield from (from_item(item) for page in pages for item in page["Items"])


def _months(since: float, now: float) -> Iterator[str]:
    """The partitions from `now` back to `since`."""
    at = datetime.fromtimestamp(now, UTC).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    yield partition_of(now)
    while at.timestamp() > since:
        at = at.replace(year=at.year - (at.month == 1), month=at.month - 1 or 12)
        yield partition_of(at.timestamp())


def _print(screen: Screen, entry: Mapping[str, Any], now: float) -> None:
    began, state = entry["began_ms"] / 1000, entry["state"]
    selection = ", ".join(f"{name} {_told(name, value)}" for name, value in entry["selection"].items() if value)
    screen.say(f"{moment(began)}  ", (entry["command"], "bold"), f"  {selection}  ", (_how(entry, now), STYLES[state]))
    counts = ", ".join(f"{count} {what}" for what, count in entry.get("outcome", {}).items())
    if counts or entry.get("error"):
        screen.say("  " + "; ".join(filter(None, [counts, entry.get("error", "")])))
    plan = f", plan {entry['plan'][:12]}" if entry.get("plan") else ""
    screen.say((f"  by {entry['who']}, {ago(began, now)}", "dim"))
    screen.say((f"  code {entry['code']}{plan}", "dim"))


def _told(name: str, value: object) -> str:
    if name == "until" and isinstance(value, int):
        return f"{moment(value)} UTC"
    if not isinstance(value, list):
        return str(value)
    return " ".join(map(str, value[:SHOWN])) + (f" and {len(value) - SHOWN} more" if value[SHOWN:] else "")


def _how(entry: Mapping[str, Any], now: float) -> str:
    began = entry["began_ms"] / 1000
    if "ended_ms" in entry:
        by = f" by {entry['stopped_by']}" if "stopped_by" in entry else ""
        return f"{entry['state']}{by} after {lasting(entry['ended_ms'] / 1000 - began)}"
    return "begun, and still at work" if now - began < STILL else "begun, and never ended: it was killed"
