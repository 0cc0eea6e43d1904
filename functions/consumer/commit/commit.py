"""Commit: one transaction saves the records, the outbox and the payload, or nothing."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NoReturn

from functions.consumer.commit.claim import ABSENT
from functions.consumer.commit.claims import Claim, New
from functions.consumer.commit.record_writes import access_writes, record_writes, session_write
from shared.compression.packing import pack_payload
from shared.decisions.decision import Decision
from shared.decisions.journal import Journal
from shared.effects.email import Email
from shared.effects.erasure import Erase
from shared.inbox.outbox import Owed, dump, lanes_of, owed_for
from shared.inbox.unfinished import INDEX, SINCE, shard_of
from shared.stripe_objects.event import Event, subject_of
from shared.tables.attributes import to_item
from shared.tables.store import Store
from shared.tables.tombstones import burial_writes
from shared.values import keys

if TYPE_CHECKING:
    from botocore.exceptions import ClientError

PART = 350_000
"""Bytes of a packed payload in one item: DynamoDB allows 400 KB an item, and SQS 1 MiB a message."""


class StaleRecordError(Exception):
    """A record changed since the decision read it: read and decide again."""


class FencedError(Exception):
    """Another consumer holds or has committed the event: stop, and write nothing."""


class BusyError(Exception):
    """DynamoDB cancelled the transaction for a conflict or a throttle: try again."""


@dataclass(frozen=True)
class MailTakenError(Exception):
    """Another event has claimed the keys of these mails and sends them."""

    keys: frozenset[str]


def commit(store: Store, claim: Claim, event: Event, body: str, decision: Decision) -> tuple[Owed, ...]:
    """Commit `decision` on `event`, whose text is `body`, and return the outbox; an empty outbox finishes the event.

    The commit releases the lease. From then on only the effects worker writes the inbox item.

    Raises:
        StaleRecordError, FencedError, BusyError, MailTakenError: DynamoDB cancelled the transaction; nothing is saved.
        botocore.exceptions.ClientError, BotoCoreError: DynamoDB did not answer; the inbox item shows what is saved.
    """
    outbox = owed_for(decision.then)
    mails = [effect for effect in decision.then if isinstance(effect, Email)]
    now_ms = int(store.clock() * 1000)
    records = [
        *(write for record in decision.save for write in record_writes(store, record, now_ms)),
        *(write for one in decision.then if isinstance(one, Erase) for write in burial_writes(store, one, now_ms)),
    ]
    writes = [
        _inbox_write(store, claim, outbox, now_ms, subject_to_note(event) if decision.archive else None),
        *records,
        *(_mail_write(store, claim, mail, now_ms) for mail in mails),
        *(archive_writes(store, event, body, decision.journal) if decision.archive else ()),
        *(write for change in decision.access for write in access_writes(store, change, now_ms)),
        *(session_write(store, item, now_ms) for item in decision.sessions),
    ]
    try:
        store.client.transact_write_items(TransactItems=writes)
    except store.client.exceptions.TransactionCanceledException as cancelled:
        _explain(cancelled, records=len(records), mails=mails)
    return outbox


def archive_writes(store: Store, event: Event, body: str, journal: Journal | None = None) -> list[Any]:
    """The puts that archive a payload in its customer's partition, the journal on the first part; safe to repeat."""
    packed, journaled = pack_payload(body), journal.packed() if journal else None
    return [
        {
            "Put": {
                "TableName": store.books,
                "Item": to_item(
                    {
                        "pk": keys.partition(event.account, event.subject),
                        "sk": keys.archived(event.created, event.id, number),
                        "type": event.type,
                        "payload": packed[start : start + PART],
                        "journal": journaled if number == 0 else None,
                        "saved_ms": int(store.clock() * 1000),
                        "expires_at": store.expiry(),
                    }
                ),
            }
        }
        for number, start in enumerate(range(0, len(packed), PART))
    ]


def subject_to_note(event: Event) -> str | None:
    """The subject in whose partition the payload lies; None if it is the customer or the account of the inbox item."""
    customer = subject_of(event.object) if event.object.get("customer") else None
    return None if event.subject in {customer, event.account} else event.subject


def _inbox_write(store: Store, claim: Claim, outbox: tuple[Owed, ...], now_ms: int, subject: str | None) -> Any:  # noqa: ANN401 - a boto3 shape
    if outbox:
        now: dict[str, Any] = {
            "state": "committed",
            SINCE: now_ms,
            "lease_until": 0,
            "outbox": dump(outbox),
            "progress": {},
            INDEX: shard_of(claim.event_id),
            **{f"{lane}_owed": True for lane in lanes_of(outbox)},
        }
    else:
        now = {"state": "done", "done_ms": now_ms}
    if subject:
        now["subject"] = subject
    if isinstance(claim, New):
        return {
            "Put": {
                "TableName": store.inbox,
                "Item": to_item({**claim.item, **now}),
                "ConditionExpression": ABSENT,
                "ExpressionAttributeValues": to_item({":now": store.now()}),
            }
        }
    sets = ", ".join(f"#{name} = :{name}" for name in now)
    over = ("error", "next_at", "faulty_since", *(() if outbox else (INDEX, SINCE)))
    return {
        "Update": {
            "TableName": store.inbox,
            "Key": to_item({"id": claim.event_id}),
            "UpdateExpression": f"SET {sets} REMOVE " + ", ".join(f"#{name}" for name in over),
            "ConditionExpression": "#token = :token AND #state = :claimed",
            "ExpressionAttributeNames": {f"#{name}": name for name in (*now, *over, "token")},
            "ExpressionAttributeValues": to_item(
                {":token": claim.token, ":claimed": "claimed", **{f":{name}": value for name, value in now.items()}}
            ),
        }
    }


def _mail_write(store: Store, claim: Claim, mail: Email, now_ms: int) -> Any:  # noqa: ANN401 - a boto3 shape
    return {
        "Put": {
            "TableName": store.books,
            "Item": to_item(
                {
                    "pk": mail.partition,
                    "sk": keys.mail(mail.key),
                    "event": claim.event_id,
                    "mail": mail.model_dump_json(exclude={"counted_as"}),
                    "saved_ms": now_ms,
                    "expires_at": store.expiry(),
                }
            ),
            "ConditionExpression": "attribute_not_exists(pk)",
        }
    }


def _explain(cancelled: "ClientError", records: int, mails: Sequence[Email]) -> NoReturn:
    """Raise the error that the cancellation means. Its reasons have the order of the writes: inbox, records, mails.

    The fence comes first, since it makes the rest moot. A stale record comes before a taken mail, since the next
    decision may have other mails.
    """
    codes = [reason.get("Code") for reason in cancelled.response["CancellationReasons"]]
    refused = [code == "ConditionalCheckFailed" for code in codes]
    if refused[0]:
        raise FencedError from cancelled
    if any(refused[1 : 1 + records]):
        raise StaleRecordError from cancelled
    taken = frozenset(mail.key for mail, no in zip(mails, refused[1 + records :], strict=False) if no)
    if taken:
        raise MailTakenError(taken) from cancelled
    if any(code in {"TransactionConflict", "ThrottlingError", "ProvisionedThroughputExceeded"} for code in codes):
        raise BusyError from cancelled
    raise cancelled
