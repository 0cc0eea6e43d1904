"""Customers to export and erase: their items in the tables, their files, and the erasure step by step."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from functions.consumer.commit.commit import commit
from functions.effects.perform.eraser import Eraser
from functions.effects.perform.exporter import Exporter
from functions.effects.worker import Done, Partial
from shared.decisions.access_item import AccessChange
from shared.decisions.decision import Decision, StoredRecord
from shared.effects.effect import Effect
from shared.effects.erasure import Erase, Export
from shared.records.index import AccountIndex, PaymentIndex
from shared.records.organization import Organization
from shared.records.payment import Payment
from shared.tables.attributes import from_item
from tests.consumer.examples import NOW, stripe_event
from tests.consumer.world import World

ACCOUNT = "acct_1"


ELSEWHERE = ("acct_1#acct_1", "erased#")
"""Where an erasure of a customer leaves things alone: holdings of the account, which lead nowhere, and tombstones."""


@dataclass
class Bucket:
    """The part of S3 that is used."""

    files: dict[str, bytes] = field(default_factory=dict)
    metadata: dict[str, dict[str, str]] = field(default_factory=dict)
    asked_to_delete: list[str] = field(default_factory=list)
    meanwhile: list[Callable[[], None]] = field(default_factory=list)
    """Actions of others while the next file is written."""

    def put_object(self, **kwargs: Any) -> None:  # noqa: ANN401 - boto3's own signature
        self.files[kwargs["Key"]] = kwargs["Body"]
        self.metadata[kwargs["Key"]] = kwargs["Metadata"]
        if self.meanwhile:
            self.meanwhile.pop()()

    def delete_object(self, **kwargs: Any) -> None:  # noqa: ANN401 - likewise
        self.asked_to_delete.append(kwargs["Key"])
        self.files.pop(kwargs["Key"], None)


@dataclass
class ErasableCustomers:
    """An eraser and an exporter in a world with a bucket; `events` counts the commits."""

    world: World
    bucket: Bucket = field(default_factory=Bucket)
    pauses: list[float] = field(default_factory=list)
    events: int = 0

    @property
    def eraser(self) -> Eraser:
        bucket: Any = self.bucket
        return Eraser(self.world.store, bucket, "exports", self.pauses.append, lambda _least, most: most)

    @property
    def exporter(self) -> Exporter:
        bucket: Any = self.bucket
        return Exporter(self.world.store, bucket, "exports", hours=72)

    def save(
        self,
        *records: StoredRecord,
        then: tuple[Effect, ...] = (),
        archive_of: str = "",
        access: tuple[AccessChange, ...] = (),
    ) -> str:
        """Commit a decision on a new event, archived for the customer `archive_of` if given; return the event's id."""
        self.events += 1
        event_id = f"evt_{self.events}"
        about = {"id": archive_of or "in_1", "object": "invoice", "customer": archive_of or None}
        body = stripe_event(event_id, data={"object": about})
        event = self.world.event(event_id, data={"object": about})
        decision = Decision(archive=bool(archive_of), save=records, then=then, access=access)
        commit(self.world.store, self.world.claim(event_id=event_id), event, json.dumps(body), decision)
        return event_id

    def live(self, customer: str, payments: int = 0, account: str = ACCOUNT) -> None:
        """Commit a customer with a record, an archived event, and payments under their own ids."""
        organization = Organization(account=account, subject=customer, reminders={"in_1": NOW})
        self.save(organization, AccountIndex(account=account, subject=account, held=customer), archive_of=customer)
        for number in range(payments):
            self.pay(customer, f"pi_{customer}_{number}", account)

    def pay(self, customer: str, payment: str, account: str = ACCOUNT) -> None:
        """Commit a payment and its indexes, with an event in the payment's own partition."""
        self.save(
            Payment(account=account, subject=payment, customer=customer),
            PaymentIndex(account=account, subject=customer, payment=payment),
            AccountIndex(account=account, subject=account, held=payment),
            archive_of=payment,
        )

    def bury(self, customer: str, account: str = ACCOUNT, as_of: int = NOW) -> Erase:
        """Commit an erasure: the tombstone, and the end of the record itself."""
        own = "account" if customer == account else "organization"
        version = self.world.books(f"{account}#{customer}")[own]["version"]
        effect = Erase(account=account, customer=customer, as_of=as_of, version=version)
        self.save(then=(effect,))
        return effect

    def of_the_customer(self) -> list[tuple[str, str]]:
        """The places in which something is left, those out of an erasure's reach aside."""
        return [place for place in self.left() if not place[0].startswith(ELSEWHERE)]

    def step(self, effect: Erase, cursor: str | None = None, seconds: float = 0) -> Done | Partial:
        """One step of an erasure, with `seconds` of time: the shortest possible if 0."""
        return self.eraser.step(effect, NOW * 1000, cursor, self.world.clock.now + seconds)

    def erase(self, effect: Erase, cursor: str | None = None) -> tuple[str, int]:
        """Erase step by step to the end; return the outcome and the number of steps."""
        steps = 1
        while isinstance(came := self.step(effect, cursor), Partial):
            cursor, steps = came.cursor, steps + 1
        return came.outcome, steps

    def export(self, customer: str, committed: float = NOW, seconds: float = 45) -> str:
        effect = Export(account=ACCOUNT, customer=customer)
        return self.exporter.export(effect, int(committed * 1000), self.world.clock.now + seconds)

    def left(self) -> dict[tuple[str, str], dict[str, Any]]:
        """All items in the books and all tombstones, by partition and sort key."""
        store = self.world.store
        scan = store.client.get_paginator("scan").paginate
        pages = (page for table in (store.books, store.tombstones) for page in scan(TableName=table))
        items = (from_item(item) for page in pages for item in page["Items"])
        return {(item["pk"], item["sk"]): item for item in items}
