"""`billhook sign-schedules`: sign the messages of schedules again, after an upgrade to signed messages or a lost key.

Each schedule keeps its time; only the MAC in its message changes. The command trusts the schedules that it finds, so
look at its list first, with --dry-run. Your AWS credentials must allow reading the stack and the secret with the
message keys, changing the schedules, and passing Scheduler's role to them.
"""

import json
import time
from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError

from cli.errors import RefusedError, in_words
from cli.operate.audit import Change, audited
from cli.where import HERE, Where
from shared.failures.errors import Misconfigured
from shared.messages.internal_types import is_internal
from shared.messages.mac import signed_body, verify
from shared.runtime.message_keys import KeySecret, MessageKeys

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mypy_boto3_scheduler.client import EventBridgeSchedulerClient

KEPT = (
    "Name",
    "GroupName",
    "ScheduleExpression",
    "ScheduleExpressionTimezone",
    "FlexibleTimeWindow",
    "ActionAfterCompletion",
    "State",
    "StartDate",
    "EndDate",
    "Description",
    "KmsKeyArn",
)
"""What UpdateSchedule would reset if the command left it out."""


def sign(*, dry_run: bool = False, where: Where = HERE) -> int:
    """Sign the messages of the schedules that are set.

    Needed after an upgrade to signed messages, or after a key was lost. Each schedule keeps its time. The command
    trusts the schedules that it finds, so look at its list first, with --dry-run.

    Args:
        dry_run: only say what would be signed.
        where: the stack.
    """
    try:
        outputs, _ = where.described()
        keys = MessageKeys(KeySecret(where.client("secretsmanager"), outputs["MessageKeyId"]).fetch)
        group = outputs["ScheduleGroupName"]
        current = keys.current(time.time())
        with audited(where, Change("sign-schedules", {"group": group}), dry_run=dry_run) as counts:
            stayed = sign_schedules(where.client("scheduler"), group, current, counts, dry_run=dry_run)
    except (RefusedError, ClientError, BotoCoreError, Misconfigured) as error:
        raise RefusedError(f"stopped; run it again, it signs nothing twice: {in_words(error) or error}") from None
    return 1 if stayed else 0


def sign_schedules(
    scheduler: "EventBridgeSchedulerClient",
    group: str,
    keys: "Sequence[bytes]",
    counts: Counter[str] | None = None,
    *,
    dry_run: bool,
) -> int:
    """Sign the schedules of `group` with the first key, print a line for each, and return how many stay unsigned.

    `counts` counts the schedules that are signed and those that stay.

    Raises:
        botocore.exceptions.ClientError, BotoCoreError: Scheduler failed; a schedule is either changed or as it was.
    """
    told = Counter[str]() if counts is None else counts
    for name in _names(scheduler, group):
        try:
            schedule = scheduler.get_schedule(GroupName=group, Name=name)
        except scheduler.exceptions.ResourceNotFoundException:
            continue  # it has just fired
        body = schedule["Target"].get("Input", "")
        if verify(keys[:1], body, {}) == "signed":
            continue
        event = _own_event(body)
        if event is None:
            told["stay"] += 1
            print(f"stays   {name}  it is no schedule of Billhook")
            continue
        if not dry_run:
            target: Any = {**schedule["Target"], "Input": signed_body(keys[0], event)}
            kept: Any = {field: schedule[field] for field in KEPT if field in schedule}  # type: ignore[literal-required]
            scheduler.update_schedule(**kept, Target=target)
        told["signed"] += 1
        print(f"{'would be signed' if dry_run else 'signed '} {event['type']}  {name}")
    print(f"{told['signed']} {'to sign' if dry_run else 'signed'}, {told['stay']} stay")
    return told["stay"]


def _names(scheduler: "EventBridgeSchedulerClient", group: str) -> Iterator[str]:
    for page in scheduler.get_paginator("list_schedules").paginate(GroupName=group):
        yield from (schedule["Name"] for schedule in page["Schedules"])


def _own_event(body: str) -> dict[str, Any] | None:
    try:
        event = json.loads(body)
    except ValueError:
        return None
    return event if isinstance(event, dict) and is_internal(str(event.get("type", ""))) else None
