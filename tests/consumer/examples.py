"""One example of each for the tests of consumer and worker: an event, its message, and a decision on it."""

import json
from typing import Any

from shared.decisions.decision import Decision
from shared.effects.announcement import Announcement
from shared.effects.email import Email
from shared.effects.remind import Remind
from shared.messages.mac import MAC, signed_attributes
from shared.records.books import Books
from shared.records.organization import Organization
from shared.runtime.message_keys import MessageKeys
from shared.stripe_objects.event import Event
from shared.stripe_objects.objects import Contact, read
from shared.values.times import DAY

REGION = "eu-central-1"
NOW = 1_795_000_000
LEASE = 45
MESSAGE_KEY = "the-key-of-messages-in-tests-only"
KEYS = MessageKeys(lambda: MESSAGE_KEY)
PARTITION = "acct_1#cus_1"


def stripe_event(event_id: str = "evt_1", **changes: object) -> dict[str, Any]:
    """An event about one customer of one connected account."""
    invoice = {"id": "in_1", "object": "invoice", "customer": "cus_1", "customer_email": "ann@example.com"}
    return {
        "id": event_id,
        "object": "event",
        "type": "invoice.payment_failed",
        "account": "acct_1",
        "api_version": "2026-10-28.endive",
        "created": NOW - 10,
        "livemode": True,
        "data": {"object": invoice},
    } | changes


def signed_record_attributes(body: str, **values: str) -> dict[str, Any]:
    """The message attributes `values` with their MAC, as Lambda hands them over; none beside a MAC in the body."""
    if f'"{MAC}":"' in body:
        return {}
    signed = signed_attributes(MESSAGE_KEY.encode(), body, values)
    return {name: {"stringValue": one["StringValue"], "dataType": "String"} for name, one in signed.items()}


def sqs_record(body: object, message_id: str = "message-1", received: int = 1) -> dict[str, Any]:
    """The record of one SQS message that Billhook signed; a `body` that is a string is JSON already."""
    text = body if isinstance(body, str) else json.dumps(body)
    return {
        "messageId": message_id,
        "receiptHandle": f"receipt-of-{message_id}",
        "body": text,
        "attributes": {
            "ApproximateReceiveCount": str(received),
            "SentTimestamp": str((NOW - 5) * 1000),
            "ApproximateFirstReceiveTimestamp": str(NOW * 1000),
            "MessageGroupId": "acct_1",
            "MessageDeduplicationId": "not the event's id, once it was redriven",
        },
        "messageAttributes": signed_record_attributes(text, endpoint="connect"),
    }


def mail(key: str = "told", expires: int = NOW + 3 * DAY, to: str | None = "ann@example.com") -> Email:
    return Email(template="receipt", to=to, partition=PARTITION, key=key, expires=expires, data={"name": "Ann"})


def reminder(about: str = "in_1") -> Remind:
    return Remind(type="reminder.payment_failed", at=NOW + 3 * DAY, about=about, account="acct_1", customer="cus_1")


def announcement(announcement_id: str = "evt_1:past_due") -> Announcement:
    return Announcement(
        id=announcement_id,
        name="organization.past_due",
        at=NOW,
        account="acct_1",
        customer="cus_1",
        record=f"{PARTITION}/organization",
        version=2,
        facts={"access": True, "past_due": True},
    )


def tell_and_remind(event: Event, books: Books) -> Decision:
    """Decide on one record, one reminder and one mail: the decision of most of these tests."""
    organization = books.read(Organization, event.account, "cus_1").with_contact(read(Contact, event.object), event)
    return Decision(save=(organization,), then=(mail(), reminder()))


def only_save(event: Event, books: Books) -> Decision:
    """Decide on one record, without effects."""
    return tell_and_remind(event, books).model_copy(update={"then": ()})


def token(purpose: str, partition: str) -> str:
    """A readable token in place of a secret one."""
    return f"{purpose} of {partition}"
