"""Compares two snapshots: which differences count, and which mails and announcements may be doubled."""

import json
import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from shared.values import keys
from tests.prove.moto_cloud import Items, Snapshot
from tests.prove.wire import BEFORE, OTHERS, Point

MAY_DIFFER = {
    # on the inbox item
    "attempts": "a stopped attempt was one",
    "token": "each attempt has its own",
    "lease_until": "each attempt has its own",
    "started_ms": "the attempt that ended well began later",
    "entered": "it entered the inbox later",
    "entered_ms": "likewise",
    "errors": "a failed attempt was one",
    "committed_ms": "it was committed later",
    "effects_ms": "its effects were performed later",
    "mails_ms": "its mails were sent later",
    "done_ms": "it was done later",
    # wherever it stands
    "saved_ms": "it was saved later",
    "expires_at": "what was written later is forgotten later",
    "sk": "it is part of the key",
    # on a tombstone
    "buried_ms": "it was written later",
    "erased_at": "likewise",
    "remains_until": "likewise",
    "nonce": "each export has its own",
    "link_until": "it was exported later",
    "deleted_at": "what was left was deleted later",
}
"""Attributes of items that may differ, each with its reason."""

TOLD_AGAIN = {"set before": "set"}
"""Outcomes of the outbox that count as the same: a schedule whose creation went unanswered exists already."""

LINK = re.compile(r"/exports/[\w-]{43}|until \d+ \w+ \d{4}, \d\d:\d\d")
MAIL, ANNOUNCEMENT, MARK = "sesv2.SendEmail", "events.PutEvents", "dynamodb.UpdateItem"


@dataclass(frozen=True)
class Comparison:
    """The result of a fault: the differences, and how many mails and announcements AWS got twice."""

    differences: tuple[str, ...]
    mails_twice: int
    announced_twice: int


def compare(undisturbed: Snapshot, disturbed: Snapshot, calls: tuple[str, ...], point: Point) -> Comparison:
    """Compare the ends of the undisturbed and the disturbed run; `calls` are those of the undisturbed one."""
    expected, sent = _mails(undisturbed), _mails(disturbed)
    differs = [
        *_differ("inbox", _settled(undisturbed.inbox), _settled(disturbed.inbox)),
        *_differ("books", _settled(undisturbed.books), _settled(disturbed.books)),
        *_differ("tombstones", _settled(undisturbed.tombstones), _settled(disturbed.tombstones)),
        *_differ("access", _settled(undisturbed.access), _settled(disturbed.access)),
        *_differ("schedule", _schedules(undisturbed), _schedules(disturbed)),
        *_differ("file", Counter(undisturbed.files.values()), Counter(disturbed.files.values())),
        *_differ("observation", _observations(undisturbed), _observations(disturbed)),
        *_differ("announcement", dict.fromkeys(undisturbed.announcements), dict.fromkeys(disturbed.announcements)),
        *_differ("mail", dict.fromkeys(expected), dict.fromkeys(sent)),
        *(f"mail lost: {mail}" for mail in expected - sent),
    ]
    mails = (sent - expected).total()
    announced = (disturbed.announcements - undisturbed.announcements).total()
    if mails and not (mails == 1 and _unmarked(MAIL, calls, point)):
        differs.append(f"{mails} mails too many")
    if announced and not _unmarked(ANNOUNCEMENT, calls, point):
        differs.append(f"{announced} announcements too many")
    return Comparison(tuple(differs), mails, announced)


def _unmarked(operation: str, calls: tuple[str, ...], point: Point) -> bool:
    """Whether a worker at `point` may not know that `operation` took effect, since the inbox item does not say so yet.

    Other processes at work are no excuse: one of them holds the lease.
    """
    if point.fault in OTHERS:
        return False
    applied = calls[: point.call + (point.fault not in BEFORE)]
    since = applied[::-1].index(operation) if operation in applied else None
    return since is not None and MARK not in applied[len(applied) - since :]


def _settled(items: Items) -> Mapping[tuple[str, ...], dict[str, Any]]:
    return {
        _place(key): {
            name: _outcomes(value) if name == "progress" else value
            for name, value in item.items()
            if name not in MAY_DIFFER
        }
        for key, item in items.items()
    }


def _place(key: tuple[str, ...]) -> tuple[str, ...]:
    """The key of an item; that of an export's note without the time of the commit."""
    return tuple(keys.EXPORT if keys.is_export(part) else part for part in key)


def _outcomes(progress: Mapping[str, Mapping[str, Any]]) -> dict[str, dict[str, Any]]:
    """The progress, with the outcomes of a first try that went unanswered."""
    return {place: {**one, "outcome": _outcome(str(one.get("outcome")))} for place, one in progress.items()}


def _outcome(outcome: str) -> str:
    # An erasure done again finds less to erase, or nothing. Each export has a name of its own.
    kind, _, rest = outcome.partition(" ")
    return kind if rest and kind in {"erased", "written"} else TOLD_AGAIN.get(outcome, outcome)


def _mails(snapshot: Snapshot) -> Counter[str]:
    """The mails, without the end of an export's link: each export has its own."""
    told: Counter[str] = Counter()
    for mail, times in snapshot.mails.items():
        told[LINK.sub("/exports/", mail)] += times
    return told


def _observations(snapshot: Snapshot) -> Mapping[str, Mapping[str, Any]]:
    """The observations, without the time of the read."""
    return {name: {**message, "created": None} for name, message in snapshot.observations.items()}


def _schedules(snapshot: Snapshot) -> Mapping[str, tuple[object, ...]]:
    """The target of each schedule, and whether it fires at its due time: an overdue one fires later."""
    shown: dict[str, tuple[object, ...]] = {}
    for name, schedule in snapshot.schedules.items():
        due = datetime.fromtimestamp(json.loads(schedule["Target"]["Input"])["created"], UTC)
        in_time = schedule["ScheduleExpression"] == f"at({due:%Y-%m-%dT%H:%M:%S})"
        shown[name] = (schedule["Target"], in_time)
    return shown


def _differ[Key](what: str, expected: Mapping[Key, object], found: Mapping[Key, object]) -> list[str]:
    places = [*expected, *(key for key in found if key not in expected)]
    return [
        f"{what} {key}: {expected.get(key, 'absent')} became {found.get(key, 'absent')}"
        for key in places
        if (key in expected, expected.get(key)) != (key in found, found.get(key))
    ]
