"""The audit log: what each command that changes a stack did, when it did so, and who typed it.

An entry is an item of the books, in a partition for each month: `audit#2026-11`. It is written before the change, and
completed after it. So a killed command leaves an entry that never ended. An entry holds ids and counts, and never
expires.
"""

import secrets
import sys
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from cli.errors import RefusedError, in_words
from cli.operate.code import code_version
from cli.where import Where
from shared.failures.kinds import failure_of
from shared.tables.attributes import to_item

PARTITION = "audit#"
"""How the partitions of the audit log begin; the month follows."""


def partition_of(seconds: float) -> str:
    """The partition with the entries of the month in which epoch second `seconds` lies: `audit#2026-11`."""
    return f"{PARTITION}{datetime.fromtimestamp(seconds, UTC):%Y-%m}"


def sort_key_of(seconds: float) -> str:
    """How the sort keys of entries of that time begin: `2026-11-26T16:41:03.250`."""
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="milliseconds").removesuffix("+00:00")


@dataclass(frozen=True)
class Change:
    """A command that is about to change a stack.

    Args:
        command: the command's name, such as `redrive`.
        selection: the arguments that say what to change: ids and words, and nothing personal.
        plan: the hash of its plan; empty if it has none.
        books: the table that keeps the entry; by default the stack's own books.
    """

    command: str
    selection: Mapping[str, Any]
    plan: str = ""
    books: str = ""


class Outcome(Counter[str]):
    """What a command did, in counts; `state` says how it ended: done, unless the command says otherwise."""

    state = "done"


@contextmanager
def audited(where: Where, change: Change, *, dry_run: bool = False) -> Iterator[Outcome]:
    """Write an entry, let the change happen, and complete the entry; gives the outcome, to be filled.

    A dry run changes nothing, so it has no entry.

    Raises:
        RefusedError: the entry cannot be written, so nothing may be changed.
    """
    outcome = Outcome()
    if dry_run:
        yield outcome
        return
    key = _begin(where, change)
    state, error, stopped_by = "failed", "", ""
    try:
        yield outcome
        state = outcome.state
    except KeyboardInterrupt:
        state, stopped_by = "stopped", "Ctrl-C"
        raise
    except Exception as failed:
        error = type(failed).__name__ if isinstance(failed, RefusedError) else str(failure_of(failed))
        raise
    finally:
        told = {"state": state, "stopped_by": stopped_by or None, "error": error or None, "outcome": dict(outcome)}
        _complete(where, change, key, told)


def _begin(where: Where, change: Change) -> dict[str, str]:
    """Write an entry that has begun; returns its key."""
    now = time.time()
    key = {"pk": partition_of(now), "sk": f"{sort_key_of(now)}#{secrets.token_hex(4)}"}
    try:
        entry = {
            **key,
            "began_ms": int(now * 1000),
            "who": where.client("sts").get_caller_identity()["Arn"],
            "command": change.command,
            "selection": dict(change.selection),
            "plan": change.plan or None,
            "code": code_version(),
            "state": "begun",
        }
        where.client("dynamodb").put_item(
            TableName=_table(where, change), Item=to_item(entry), ConditionExpression="attribute_not_exists(pk)"
        )
    except (ClientError, BotoCoreError) as error:
        raise RefusedError(f"nothing was changed, because the audit log cannot be written: {in_words(error)}") from None
    return key


def _complete(where: Where, change: Change, key: Mapping[str, str], told: Mapping[str, Any]) -> None:
    """Complete an entry. If that fails, the change has happened all the same, so a warning must do."""
    ended = {**told, "ended_ms": int(time.time() * 1000)}
    values = {name: value for name, value in ended.items() if value is not None}
    try:
        where.client("dynamodb").update_item(
            TableName=_table(where, change),
            Key=to_item(key),
            UpdateExpression="SET " + ", ".join(f"#{name} = :{name}" for name in values),
            ExpressionAttributeNames={f"#{name}": name for name in values},
            ExpressionAttributeValues=to_item({f":{name}": value for name, value in values.items()}),
        )
    except (ClientError, BotoCoreError) as error:
        sys.stderr.write(f"the audit log still says that this command has only begun: {in_words(error)}\n")


def _table(where: Where, change: Change) -> str:
    return change.books or f"{where.name}-books"
