"""The erasure proof: a life that leaves data everywhere, its erasure, and all that may bring the person back.

The person is looked for in every table, in the bucket, in schedules, in queued messages and in all output. Two places
are left out, as the certificate says: a dead letter itself, and what Billhook has announced, which is the business's.
"""

import json
import random
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

import boto3

from cli.operate.erase_again import Applied, apply
from functions.effects.perform.access_eraser import EXPIRED_FOR
from functions.effects.perform.sweep import Places
from shared.compression.packing import unpack
from shared.tables.store import Store
from shared.values.tokens import Tokens
from tests.leaks.canaries import MARK
from tests.leaks.system import System
from tests.prove.moto_cloud import TABLES
from tests.prove.moto_settings import BUCKET
from tests.prove.scenarios import BEFORE_LEAVING, SAMPLES

type Event = dict[str, Any]

BEFORE: dict[str, tuple[str, ...]] = {
    "customer": (*BEFORE_LEAVING, "customer.subscription.deleted"),
    "guest": ("payment_intent.succeeded.order", "checkout.session.completed", "charge.captured", "charge.refunded"),
}
DATES = {"customer": ("farewell.due", "erasure.due", "erasure.unconfirmed"), "guest": ("erasure.guest_due",)}
"""The schedules whose messages end in the erasure."""
LATE = (
    "charge.dispute.created",
    "charge.dispute.funds_withdrawn",
    "charge.dispute.closed.lost",
    "radar.early_fraud_warning.created",
    "refund.created",
    "refund.failed",
    "charge.refunded",
    "charge.captured",
)
POISON = {"customer": ("invoice.payment_failed", "amount_remaining"), "guest": ("charge.captured", "amount")}
"""An event that cannot be read, and the field that says so: it is archived, and it is a dead letter."""
BUYS = SAMPLES["payment_intent.succeeded.order"]["data"]["object"]
PERSONAL = frozenset(
    "address billing_address city customer_email customer_email_address customer_name customer_purchase_ip email ip "
    "line1 line2 name phone postal_code receipt_email shipping_address".split()
)
"""Fields that hold a person; the samples leave many of them empty."""
STRIPES_WORDS = ("reason", "failure_reason", "fraud_type")


@dataclass
class Proof:
    """The life of a customer or a guest on a system with canaries; `chance` shuffles what comes after it."""

    system: System
    subject: Literal["customer", "guest"]
    account: str | None = None
    chance: random.Random | None = None
    applies: bool = True
    """Whether the tombstones are applied after the restore."""

    def finds(self) -> Iterator[str]:
        """Live, be erased, and meet everything late; yields each place where the person is found, and after what."""
        lived = [*(self._event(name) for name in BEFORE[self.subject]), self._lines()]
        poison = self._poison()
        for event in (*lived, poison):
            self._deliver(event)
        tables = self.system.moto_cloud.checkpoint().tables
        assert all(MARK in text for place, text in self._places() if place == "books"), "the life left nothing"
        self._erase()
        yield from self._look("the erasure")
        late = [self._late(name) | {"id": f"evt_late_{number}"} for number, name in enumerate(LATE)]
        read_late = self._lines() | {"id": "seen_late", "created": self.system.not_before + 60}
        after = [*late, read_late, *self._dead(lived), poison]
        yield from self._meet(after)
        self._restore(tables)
        yield from self._look("the restore")
        yield from self._meet([*lived, *after])
        yield from ["the output"] if any(MARK in said for said in self.system.said) else []

    def _meet(self, events: list[Event]) -> Iterator[str]:
        if self.chance:
            self.chance.shuffle(events)
        for event in events:
            self._deliver(event)
            yield from self._look(f"{event['type']} {event['id']}")

    def _deliver(self, event: Event) -> None:
        states = self.system.settle(event)
        assert "silent" not in states, event["type"]
        self.system.not_before = int(self.system.runner.clock.now)

    def _erase(self) -> None:
        for kind in DATES[self.subject]:
            schedules = self.system.moto_cloud.schedules().items()
            (name,) = (name for name, message in schedules if message["type"] == kind)
            message = json.loads(self.system.moto_cloud.fire(name))
            self._deliver(message)

    def _restore(self, tables: dict[str, Any]) -> None:
        """Put back the books and the inbox of before the erasure, and apply the tombstones."""
        cloud = self.system.moto_cloud
        checkpoint = cloud.checkpoint()
        checkpoint.tables.update({name: tables[name] for name in ("BOOKS_TABLE", "INBOX_TABLE")})
        cloud.restore(checkpoint)
        assert any(MARK in text for place, text in self._places() if place == "books"), "the backup held nothing"
        if not self.applies:
            return
        environ, clock = cloud.environ, self.system.runner.clock
        inbox, books, tombstones, access = (environ[name] for name in TABLES)
        token = Tokens(boto3.client("secretsmanager"), environ["TOKEN_KEY_ID"])
        store = Store(boto3.client("dynamodb"), inbox, books, tombstones, access, 90, 45, clock, token)
        places = Places(store, boto3.client("s3"), BUCKET, lambda _seconds: None, lambda _least, most: most)
        for _ in apply(places, Applied(), dry_run=False):
            pass

    def _look(self, after: str) -> Iterator[str]:
        yield from (f"{place} after {after}" for place, text in self._places() if MARK in text)

    def _places(self) -> Iterator[tuple[str, str]]:
        """Each place where something is stored, and all that it holds as text."""
        snapshot = self.system.moto_cloud.snapshot()
        inbox = [{**item, "outbox": _owed(item)} for item in snapshot.inbox.values()]
        for place, items in (("books", snapshot.books.values()), ("tombstones", snapshot.tombstones.values())):
            yield place, json.dumps([{name: _text(name, value) for name, value in item.items()} for item in items])
        # DynamoDB deletes an expired item within two days; moto keeps it.
        gone = self.system.runner.clock.now - EXPIRED_FOR
        shown = [item for item in snapshot.access.values() if int(item.get("expires_at", gone + 1)) > gone]
        yield "access", json.dumps(shown)
        yield "inbox", json.dumps(inbox, default=str)
        yield "bucket", str(snapshot.files)
        yield "schedules", json.dumps(snapshot.schedules, default=str)
        yield "queues", json.dumps([sent.body for sent in self.system.moto_cloud.queued])

    def _event(self, name: str) -> Event:
        """A sample with a canary for everything personal, of this subject and account."""
        bare: Event = json.loads(json.dumps(SAMPLES[name]))
        words = {word: bare["data"]["object"][word] for word in STRIPES_WORDS if word in bare["data"]["object"]}
        event: Event = self.system.canaries.plant(_filled(bare))
        event["data"]["object"] |= words
        if self.account:
            event["account"] = self.account
        return self._of_guest(event) if self.subject == "guest" else event

    def _of_guest(self, event: Event) -> Event:
        obj = event["data"]["object"]
        if "customer" in obj:
            obj["customer"] = None
        match obj["object"]:
            case "charge":
                obj |= {"id": BUYS["latest_charge"], "payment_intent": BUYS["id"]}
            case "dispute" | "refund" | "radar.early_fraud_warning":
                obj |= {"charge": BUYS["latest_charge"], "payment_intent": BUYS["id"]}
        return event

    def _lines(self) -> Event:
        """The lines of the order, as the worker has read them at Stripe; a seller may write anything into a key."""
        paid = SAMPLES["checkout.session.completed"]
        session = paid["data"]["object"]
        owner = {"customer": session["customer"]} if self.subject == "customer" else {}
        price = {"id": "price_1", "lookup_key": self.system.canaries.new("a lookup key")}
        lines = [{"price": price, "amount_total": 8400, "currency": "usd"}]
        obj = {"object": "order_lines", "id": session["id"], **owner, "lines": lines, "more": False}
        told = {
            "id": "seen_lines",
            "type": "observed.order_lines",
            "created": paid["created"] + 9,
            "data": {"object": obj},
        }
        return told | ({"account": self.account} if self.account else {})

    def _late(self, name: str) -> Event:
        event = self._event(name)
        event["data"]["object"]["payment_intent"] = BUYS["id"]
        return event | {"created": self.system.not_before + 60}

    def _dead(self, lived: list[Event]) -> list[Event]:
        """What failed before the erasure, and is redriven after it: the same events, which nobody has handled yet."""
        return [event | {"id": f"evt_dead_{number}"} for number, event in enumerate(lived)]

    def _poison(self) -> Event:
        name, wrong = POISON[self.subject]
        event = self._event(name)
        event["data"]["object"][wrong] = self.system.canaries.new("a field that cannot be read")
        return event | {"id": "evt_poison"}


def _filled(value: Any) -> Any:  # noqa: ANN401 - any JSON
    """`value` with a text in each personal field that the sample leaves empty."""
    match value:
        case dict():
            return {
                name: f"the {name}" if inner is None and name in PERSONAL else _filled(inner)
                for name, inner in value.items()
            }
        case list():
            return [_filled(inner) for inner in value]
    return value


def _owed(item: dict[str, Any]) -> str:
    """The outbox without its announcements."""
    outbox = json.loads(item.get("outbox", "[]"))
    return json.dumps([{name: owed[name] for name in owed.keys() - {"announcements"}} for owed in outbox])


def _text(name: str, value: object) -> str:
    """A value as text; records, journals and payloads are packed."""
    return unpack(value) if name in {"record", "journal", "payload"} and isinstance(value, bytes) else str(value)
