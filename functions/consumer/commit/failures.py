"""Record an attempt that failed before its commit: the cause, and whether another attempt follows."""

import zlib
from collections.abc import Mapping
from typing import Any

from botocore.exceptions import ClientError

from functions.consumer.commit.claims import Claimed
from functions.consumer.commit.commit import archive_writes, subject_to_note
from functions.consumer.decide.refuse import is_of_the_erased
from functions.consumer.retry import Retry
from shared.failures.errors import Permanent
from shared.failures.kinds import Failure, failure_of
from shared.inbox.unfinished import INDEX, SINCE, shard_of
from shared.records.books import Books
from shared.stripe_objects.event import Event, read_event
from shared.tables.attributes import to_item
from shared.tables.store import Store

OURS = "#token = :token AND #state = :claimed"
"""The item carries our token and is not committed: DynamoDB may have committed although its answer was lost."""
STANDS = f", {INDEX} = :shard, {SINCE} = if_not_exists({SINCE}, :since_ms)"
"""From its first failure on the event is in the index of unfinished events, where an engineer finds it."""
KEPT = 5
"""How many failed attempts the inbox item tells of, the last ones. An entry takes about 100 bytes."""
GIVEN_UP = "given_up_ms"
"""In an entry: when the consumer gave the event up, in epoch milliseconds. The first such entry stays, too."""


def record_retry(store: Store, claimed: Claimed, failure: Failure, retry: Retry) -> None:
    """Write the failure and the time of the next attempt on the inbox item, and release the lease.

    Raises:
        botocore.exceptions.ClientError, BotoCoreError: nothing is recorded, and the lease stands until it lapses.
    """
    store.client.update_item(
        TableName=store.inbox,
        Key=to_item({"id": claimed.event_id}),
        UpdateExpression="SET #error = :error, errors = :errors, "
        "next_at = :next, lease_until = :now, attempts = :attempts"
        + STANDS
        + (" REMOVE faulty_since" if retry.faulty_since is None else ", faulty_since = :since"),
        ConditionExpression=OURS,
        ExpressionAttributeNames={"#error": "error", "#token": "token", "#state": "state"},
        ExpressionAttributeValues=to_item(
            {
                ":error": str(failure),
                ":errors": _errors(claimed, failure, int(store.clock() * 1000)),
                ":next": store.now() + retry.wait,
                **_stands(store, claimed),
                ":now": 0,
                ":attempts": claimed.attempt if retry.counted else claimed.attempt - 1,
                ":since": retry.faulty_since,
                ":token": claimed.token,
                ":claimed": "claimed",
            }
        ),
    )


def record_failure(store: Store, books: Books, claimed: Claimed, failure: Failure, body: str) -> None:
    """Mark the event failed and archive its payload, `body`; a redrive starts afresh.

    If AWS refuses a write to the books, only the mark is written: the dead-letter queue also has the payload.

    Raises:
        botocore.exceptions.ClientError, BotoCoreError: nothing is recorded, and the lease stands until it lapses.
    """
    try:
        event = _to_archive(books, body)
        mark = _mark(store, claimed, failure, subject_to_note(event) if event else None)
        archived = archive_writes(store, event, body) if event else []
        store.client.transact_write_items(TransactItems=[{"Update": mark}, *archived])
    except ClientError as error:
        if failure_of(error).kind in {"service", "throttled"}:  # another attempt can succeed
            raise
        store.client.update_item(**_mark(store, claimed, failure, None))


def _stands(store: Store, claimed: Claimed) -> dict[str, Any]:
    """The values of `STANDS`."""
    return {":shard": shard_of(claimed.event_id), ":since_ms": int(store.clock() * 1000)}


def _errors(claimed: Claimed, failure: Failure, now_ms: int, *, given_up: bool = False) -> list[Mapping[str, Any]]:
    """The last failed attempts with this one, and the first that the consumer gave up.

    The same error in the same attempt, uncounted, is told once. A redrive counts from 1 again, so an attempt that was
    given up is never that same attempt.
    """
    now: Mapping[str, Any] = {"at_ms": now_ms, "attempt": claimed.attempt, "error": str(failure), "times": 1}
    known = list(claimed.errors)
    if known and GIVEN_UP not in known[-1] and all(known[-1][name] == now[name] for name in ("attempt", "error")):
        last = known.pop()
        now = {**last, "times": last["times"] + 1}
    told = [*known, {**now, GIVEN_UP: now_ms} if given_up else now]
    first = [one for one in told[:-KEPT] if GIVEN_UP in one][:1]
    return [*first, *told[-KEPT:]]


def _mark(store: Store, claimed: Claimed, failure: Failure, subject: str | None) -> Any:  # noqa: ANN401 - a boto3 shape
    now_ms = int(store.clock() * 1000)  # once: `billhook show` takes another time for another time given up
    values = {
        ":failed": "failed",
        ":error": str(failure),
        ":errors": _errors(claimed, failure, now_ms, given_up=True),
        ":subject": subject,
        ":now": now_ms,
        ":released": 0,
        ":token": claimed.token,
        ":claimed": "claimed",
        **_stands(store, claimed),
    }
    return {
        "TableName": store.inbox,
        "Key": to_item({"id": claimed.event_id}),
        "UpdateExpression": "SET #state = :failed, #error = :error, errors = :errors, "
        f"failed_ms = :now, lease_until = :released{STANDS}{', subject = :subject' if subject else ''} "
        "REMOVE next_at, faulty_since",
        "ConditionExpression": OURS,
        "ExpressionAttributeNames": {"#state": "state", "#error": "error", "#token": "token"},
        "ExpressionAttributeValues": to_item(values),
    }


def _to_archive(books: Books, body: str) -> Event | None:
    """The event whose payload to archive; None if the body is no event, or if it is of an erased customer."""
    try:
        event = read_event(body)
        erased = is_of_the_erased(event, books)
    except (Permanent, ValueError, zlib.error):  # no event, or a damaged record that cannot show an erasure
        return None
    return None if erased else event
