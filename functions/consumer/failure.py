"""What the inbox says of an attempt that failed before its commit: why, and whether another one follows."""

from functions.consumer.claim import Claimed
from functions.consumer.commit import archive_writes
from shared.event import Event
from shared.failure import Failure
from shared.tables.attributes import to_item
from shared.tables.store import Store

OURS = "#token = :token AND #state = :claimed"
"""Ours, and not committed: the commit may have been applied although its answer was lost."""


def record_retry(store: Store, claimed: Claimed, failure: Failure, wait: int, *, counted: bool = True) -> None:
    """Say on the inbox item what failed and when it is tried next, and release the lease.

    Raises:
        botocore.exceptions.ClientError, BotoCoreError: it is not recorded, and the lease stands until it lapses.
    """
    store.client.update_item(
        TableName=store.inbox,
        Key=to_item({"id": claimed.event_id}),
        UpdateExpression="SET #error = :error, next_at = :next, lease_until = :now, attempts = :attempts",
        ConditionExpression=OURS,
        ExpressionAttributeNames={"#error": "error", "#token": "token", "#state": "state"},
        ExpressionAttributeValues=to_item(
            {
                ":error": str(failure),
                ":next": store.now() + wait,
                ":now": 0,
                ":attempts": claimed.attempt if counted else claimed.attempt - 1,
                ":token": claimed.token,
                ":claimed": "claimed",
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
        ":claimed": "claimed",
    }
    mark = {
        "Update": {
            "TableName": store.inbox,
            "Key": to_item({"id": claimed.event_id}),
            "UpdateExpression": "SET #state = :failed, #error = :error, failed_ms = :now, lease_until = :released "
            "REMOVE next_at",
            "ConditionExpression": OURS,
            "ExpressionAttributeNames": {"#state": "state", "#error": "error", "#token": "token"},
            "ExpressionAttributeValues": to_item(values),
        }
    }
    archive = archive_writes(store, event, body) if event else []
    store.client.transact_write_items(TransactItems=[mark, *archive])  # type: ignore[list-item] # a literal
