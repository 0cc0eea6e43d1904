"""The archived events of a stack as stories, one for each partition of the books, in the order of their commits."""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from cli.changes.corpus import Stories
from cli.errors import RefusedError
from cli.operate.reconcile_range import read_time
from cli.see.inbox import Tables, tables_of
from cli.see.window import read_items, window
from cli.where import Where
from cli.why.deployed import settings_of
from functions.consumer.settings import policy_of
from shared.compression.packing import unpack
from shared.decisions.journal import Journal, read_journal
from shared.messages.internal_types import PLANS
from shared.values import keys

DECIDED = frozenset({"done", "committed", "failed"})


@dataclass(frozen=True)
class Archived:
    """What a stack has archived.

    Args:
        stories: the bodies of each partition's events.
        extra: by story, what `play.py` needs besides: the deployed policy, and when each event arrived.
        asked: the ids of the events in the window; the events before them only lead to the books.
        journals: the journal of each event that has one, by its id.
        whole: the stories that begin with the partition's first event.
        looked: the window, in words.
    """

    stories: Stories
    extra: Mapping[str, Mapping[str, Any]]
    asked: frozenset[str]
    journals: Mapping[str, Journal]
    whole: frozenset[str]
    looked: str


def archived_of(where: Where, since: str, most: int) -> Archived:
    """The newest `most` decided events since the time that `since` means, with all earlier events of their partitions.

    It reads these partitions of the books whole.

    Raises:
        RefusedError: `since` is no time, or no event is archived.
        botocore.exceptions.ClientError, BotoCoreError: AWS refused, or did not answer.
    """
    tables, now = tables_of(where), int(time.time())
    found = window(tables, read_time("--since", since, now), now)
    items = read_items(tables, [one["id"] for one in found.entries])
    decided = [item for one in found.entries if (item := items.get(one["id"])) and item["state"] in DECIDED][:most]
    placed = {
        item["id"]: keys.partition(item["account"], item.get("subject") or item["customer"])
        for item in decided
        if "subject" in item or "customer" in item
    }
    policy = policy_of(settings_of(where)).model_dump(mode="json", exclude={"plans"})
    partitions = {partition: _events(tables, partition) for partition in dict.fromkeys(placed.values())}
    parts = {partition: events for partition, events in partitions.items() if events}
    if not parts:
        raise RefusedError(f"none of {found} has an archived payload; --since 7d looks further back")
    return Archived(
        stories={name: [_body(one) for one in events] for name, events in parts.items()},
        extra={
            name: {"policy": policy, "arrived": [one[0]["saved_ms"] // 1000 for one in events], "due": False}
            for name, events in parts.items()
        },
        asked=frozenset(placed),
        journals={
            _id(one): journal for events in parts.values() for one in events if (journal := read_journal(one[0]))
        },
        whole=frozenset(name for name, events in parts.items() if _begins(name, read_journal(events[0][0]))),
        looked=f"{len(placed)} of {found}",
    )


def _events(tables: Tables, partition: str) -> list[list[dict[str, Any]]]:
    """The items of each archived payload of a partition, in the order of their commits.

    A message of new rules is left out: it means the rules of its time, and the working tree decides by its own.
    """
    found: dict[str, list[dict[str, Any]]] = {}
    for item in tables.partition(*keys.split(partition)):
        if "payload" in item and not item["type"].startswith(PLANS):
            found.setdefault(item["sk"].rpartition("#")[0], []).append(item)
    return sorted(found.values(), key=lambda parts: parts[0]["saved_ms"])


def _body(parts: list[dict[str, Any]]) -> str:
    return unpack(b"".join(part["payload"] for part in parts))


def _id(parts: list[dict[str, Any]]) -> str:
    return str(parts[0]["sk"]).split("#")[2]


def _begins(partition: str, journal: Journal | None) -> bool:
    """Whether a decision was the first to save each record of its partition."""
    if journal is None:
        return False
    return all(version == 1 for place, version in journal.records.items() if place.startswith(f"{partition}/"))
