"""The books in DynamoDB: one consistent read for each record, unless a prefetch has read it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import batched
from typing import Any

from shared.compression.packing import unpack
from shared.failures.errors import Contended
from shared.policy.policy import Policy
from shared.records.order import Order
from shared.records.payment import Payment
from shared.records.stored_record import MailRecipient, Record
from shared.tables.attributes import from_item, to_item
from shared.tables.store import Store
from shared.tables.tombstones import find_tombstone
from shared.values import keys
from shared.values.tokens import tombstone

AT_ONCE = 100
"""https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchGetItem.html"""


@dataclass(frozen=True)
class DynamoBooks:
    """Reads records as the last commit left them. Implements `shared.records.books.Books`."""

    store: Store
    policy: Policy
    ahead: Mapping[keys.Key, Mapping[str, Any]] = field(default_factory=dict)
    """Items that a prefetch has read, by key; an empty item if the table has none."""

    def read[Found: Record](self, kind: type[Found], *names: str) -> Found:
        """The record as the last commit left it; a customer or account that was erased counts on from its tombstone.

        Raises:
            botocore.exceptions.ClientError, BotoCoreError: DynamoDB does not answer.
        """
        empty = kind.empty(*names)
        kept = self._item(empty.key, self.store.books)
        if kept:
            record = kind.model_validate_json(unpack(kept["record"]))
            return record.model_copy(update={"version": kept["version"] - record.versions_before})
        if isinstance(empty, MailRecipient):
            stone = find_tombstone(self.store, empty.account, empty.subject)
            return empty.after_erasure(stone.as_of, stone.version) if stone else empty
        if isinstance(empty, Order) and empty.guest:
            return empty.model_copy(update={"erased_at": self._stone(empty).get("as_of")})
        return self._if_erased(empty) if isinstance(empty, Payment) else empty

    def _stone(self, record: Record) -> Mapping[str, Any]:
        """The tombstone of a record's subject; empty if there is none."""
        grave = tombstone(self.store.token, record.account, record.subject)
        return self._item((grave, keys.TOMBSTONE), self.store.tombstones)

    def _if_erased[Paid: Payment](self, empty: Paid) -> Paid:
        """The money of a payment whose customer was erased; `empty` for a payment that is new."""
        stone = self._stone(empty)
        if not stone:
            return empty
        kept = self._item((stone["pk"], keys.MONEY), self.store.tombstones)
        money = type(empty).model_validate_json(unpack(kept["record"])) if kept else empty
        known = {"subject": empty.subject, "version": kept["version"] if kept else 0, "erased_at": stone["as_of"]}
        return money.model_copy(update=known)

    def awaits_settlement(self, account: str, customer: str) -> bool:
        """Whether an order waits for its payment, a refund is under way, or a dispute about a payment is open.

        Raises:
            Contended: DynamoDB is throttled.
            botocore.exceptions.ClientError, BotoCoreError: DynamoDB does not answer.
        """
        orders = (
            Order.model_validate_json(unpack(item["record"])) for item in self._held(account, customer, keys.order(""))
        )
        led_to = (
            str(item["sk"]).removeprefix(keys.pointer("")) for item in self._held(account, customer, keys.pointer(""))
        )
        return any(one.awaits_settlement for one in orders) or any(
            payment.awaits_settlement for payment in self._payments(account, led_to)
        )

    def _payments(self, account: str, ids: Iterator[str]) -> Iterator[Payment]:
        """Payments, a hundred a call: a customer may have thousands, and the queue waits for the answer."""
        for some in batched(ids, AT_ONCE, strict=False):
            places = [(keys.partition(account, payment), keys.PAYMENT) for payment in some]
            left: Any = [to_item({"pk": pk, "sk": sk}) for pk, sk in places]
            while left:
                asked: Any = {self.store.books: {"Keys": left, "ConsistentRead": True}}
                answer: Any = self.store.client.batch_get_item(RequestItems=asked)
                found = answer["Responses"].get(self.store.books, [])
                yield from (Payment.model_validate_json(unpack(from_item(item)["record"])) for item in found)
                left = answer.get("UnprocessedKeys", {}).get(self.store.books, {}).get("Keys")
                if left and not found:
                    raise Contended("UnprocessedKeys")

    def _held(self, account: str, customer: str, prefix: str) -> Iterator[Mapping[str, Any]]:
        """The items of a customer's partition whose sort key begins with `prefix`."""
        pages = self.store.client.get_paginator("query").paginate(
            TableName=self.store.books,
            KeyConditionExpression="pk = :pk AND begins_with(sk, :prefix)",
            ExpressionAttributeValues=to_item({":pk": keys.partition(account, customer), ":prefix": prefix}),
        )
        return (from_item(item) for page in pages for item in page["Items"])

    def _item(self, place: keys.Key, table: str) -> Mapping[str, Any]:
        known = self.ahead.get(place)
        if known is not None:
            return known
        partition, sort_key = place
        key = to_item({"pk": partition, "sk": sort_key})
        item = self.store.client.get_item(TableName=table, Key=key, ConsistentRead=True).get("Item")
        return from_item(item) if item else {}
