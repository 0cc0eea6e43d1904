"""`billhook schedules`: what fires when, why, and what would silence it."""

import json as json_
import re
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from itertools import islice
from typing import Any

from cli.bounds import Count
from cli.see.screen import Screen, ago, moment
from cli.see.words import SCHEDULES
from cli.where import HERE, Where
from shared.values.platform import PLATFORM


@dataclass(frozen=True)
class Schedule:
    """One schedule: when it fires, in epoch seconds, and the message that it sends."""

    name: str
    at: int
    type: str
    about: str
    account: str
    customer: str


def schedules(*, type: str = "", limit: Count = 100, json: bool = False, where: Where = HERE) -> int:  # noqa: A002 - the option's name
    """Say what fires when, why, and what would silence it.

    Scheduler lists names only, so each schedule costs a call.

    Args:
        type: only messages of this type, such as erasure.due.
        limit: how many schedules to look at.
        json: print them as JSON.
        where: the stack.
    """
    screen, now = Screen(), time.time()
    scheduler, group = where.client("scheduler"), where.described()[0]["ScheduleGroupName"]
    names = list(islice(_names(scheduler, group), limit + 1))
    looked = [one for name in names[:limit] if (one := _read(scheduler, group, name))]
    found = sorted((one for one in looked if type in {"", one.type}), key=lambda one: one.at)
    if json:
        screen.json([asdict(one) for one in found])
        return 0 if found else 1
    for one in found:
        does, silenced = SCHEDULES.get(one.type, ("sends a message that this version does not know", "nothing"))
        screen.say(f"{moment(one.at)}  {one.type}, {ago(one.at, now)}")
        screen.say((f"  {does}, unless {silenced}", "dim"))
        screen.say((f"  about {one.about}, {one.customer} of {one.account}; {one.name}", "dim"))
    more = f" of the first {limit}; --limit looks at more" if len(names) > limit else ""
    screen.say((f"{len(found)} schedules{more}", "dim"))
    return 0 if found else 1


def _names(scheduler: Any, group: str) -> Iterator[str]:  # noqa: ANN401 - boto3's Scheduler client
    for page in scheduler.get_paginator("list_schedules").paginate(GroupName=group):
        yield from (one["Name"] for one in page["Schedules"])


def _read(scheduler: Any, group: str, name: str) -> Schedule | None:  # noqa: ANN401 - boto3's Scheduler client
    """A schedule; None if it has just fired, or is none of Billhook's."""
    try:
        found = scheduler.get_schedule(GroupName=group, Name=name)
        event = json_.loads(found["Target"].get("Input", ""))
        subject = event["data"]["object"]
        at = re.fullmatch(r"at\((.*)\)", found["ScheduleExpression"])
        fires = datetime.fromisoformat(at[1] if at else "").replace(tzinfo=UTC)
    except (scheduler.exceptions.ResourceNotFoundException, ValueError, KeyError, TypeError):
        return None
    account = event.get("account") or PLATFORM
    return Schedule(name, int(fires.timestamp()), event["type"], subject["id"], account, subject["customer"])
