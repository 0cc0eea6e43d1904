"""What the inbox says of an attempt that failed: the error's class, code and place, never a value of the event."""

from dataclasses import dataclass

from botocore.exceptions import BotoCoreError, ClientError

from functions.consumer.backoff import BUG, SERVICE
from functions.consumer.claim import Claimed
from functions.consumer.commit import archive_writes
from functions.consumer.store import Store, to_item
from shared.errors import Permanent, Retryable, raised_at
from shared.event import Event

UNFINISHED = "#token = :token AND #state <> :done"
"""Ours, and not done: a finishing write may have been applied though its answer was lost."""


@dataclass(frozen=True)
class Failure:
    """Why an attempt failed; `longest` is the back-off that suits it, empty if no retry can help."""

    error: str
    code: str
    where: str
    longest: tuple[int, ...]

    def __str__(self) -> str:
        """One line for the inbox and the logs."""
        return f"{self.error} {self.code}" + (f" at {self.where}" if self.where else "")


def failure_of(error: BaseException) -> Failure:
    """What to record of `error`. Its message is left out: services and validators quote values in theirs."""
    name = type(error).__name__
    if isinstance(error, Permanent):
        return Failure(name, error.code, error.where, ())
    if isinstance(error, Retryable):
        return Failure(name, error.code, "", SERVICE)
    if isinstance(error, ClientError):
        return Failure(name, error.response["Error"].get("Code", "unknown"), error.operation_name, SERVICE)
    if isinstance(error, BotoCoreError):
        return Failure("BotoCoreError", name, "", SERVICE)
    return Failure(name, "unexpected", raised_at(error), BUG)


def record_retry(store: Store, claimed: Claimed, failure: Failure, wait: int, *, counted: bool = True) -> None:
    """Say on the inbox item what failed and when it is tried next, and release the lease.

    Raises:
        botocore.exceptions.ClientError, BotoCoreError: it is not recorded, and the lease stands until it lapses.
    """
    store.client.update_item(
        TableName=store.inbox,
        Key=to_item({"id": claimed.event_id}),
        UpdateExpression="SET #error = :error, next_at = :next, lease_until = :now, attempts = :attempts",
        ConditionExpression=UNFINISHED,
        ExpressionAttributeNames={"#error": "error", "#token": "token", "#state": "state"},
        ExpressionAttributeValues=to_item(
            {
                ":error": str(failure),
                ":next": store.now() + wait,
                ":now": 0,
                ":attempts": claimed.attempt if counted else claimed.attempt - 1,
                ":token": claimed.token,
                ":done": "done",
            }
        ),
    )


def record_failure(store: Store, claimed: Claimed, failure: Failure, event: Event | None, body: str) -> None:
    """Mark the event failed, and archive its payload if it can be read as an event; a redrive tries it in earnest.

    Raises:
        botocore.exceptions.ClientError, BotoCoreError: it is not recorded, and the lease stands until it lapses.
    """
    values = {
        ":failed": "failed",
        ":error": str(failure),
        ":now": int(store.clock() * 1000),
        ":released": 0,
        ":token": claimed.token,
        ":done": "done",
    }
    mark = {
        "Update": {
            "TableName": store.inbox,
            "Key": to_item({"id": claimed.event_id}),
            "UpdateExpression": "SET #state = :failed, #error = :error, failed_ms = :now, lease_until = :released "
            "REMOVE next_at",
            "ConditionExpression": UNFINISHED,
            "ExpressionAttributeNames": {"#state": "state", "#error": "error", "#token": "token"},
            "ExpressionAttributeValues": to_item(values),
        }
    }
    # What was committed is archived already; archiving it again could bring back what was erased since.
    archive = archive_writes(store, event, body) if event and claimed.outbox is None else []
    store.client.transact_write_items(TransactItems=[mark, *archive])  # type: ignore[list-item] # a literal
