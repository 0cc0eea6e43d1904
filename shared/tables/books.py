"""The books in DynamoDB: one consistent read a record, unless it was read ahead with others."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import batched
from typing import Any

from shared.compression.packing import unpack
from shared.failures.errors import Contended
from shared.policy.policy import Policy
from shared.records.connected_account import ConnectedAccount, PayoutRecord
from shared.records.order import Order
from shared.records.organization import Organization
from shared.records.past import PastRecord
from shared.records.payment import Payment
from shared.records.stored_record import Record
from shared.tables.attributes import from_item, to_item
from shared.tables.store import Store
from shared.tables.tombstones import find_tombstone
from shared.values import keys

AT_ONCE = 100
"""https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchGetItem.html"""


@dataclass(frozen=True)
class DynamoBooks:
    """Reads records as they were last committed. Implements `shared.records.books.Books`."""

    store: Store
    policy: Policy
    ahead: Mapping[keys.Place, Mapping[str, Any]] = field(default_factory=dict)
    """What was read just now, by partition and sort key; empty where there is nothing."""

    def organization(self, account: str, customer: str) -> Organization:
        """The organization of a customer; raises botocore's errors if DynamoDB does not answer."""
        found = self._read(Organization(account=account, subject=customer))
        stone = None if found.version else find_tombstone(self.store, account, customer)
        if stone is None:
            return found
        return found.model_copy(update={"erased_at": stone.as_of, "versions_before": stone.version})

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
        """Payments, many a call: a customer may have thousands, and the line waits for the answer."""
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
        """The items of a customer's partition whose sort key begins so."""
        pages = self.store.client.get_paginator("query").paginate(
            TableName=self.store.books,
            KeyConditionExpression="pk = :pk AND begins_with(sk, :prefix)",
            ExpressionAttributeValues=to_item({":pk": keys.partition(account, customer), ":prefix": prefix}),
        )
        return (from_item(item) for page in pages for item in page["Items"])

    def past[Found: PastRecord](self, empty: Found) -> Found:
        """A subscription that has ended or a closed invoice; raises botocore's errors if DynamoDB does not answer."""
        return self._read(empty)

    def order(self, account: str, subject: str, session: str) -> Order:
        """The order bought in a Checkout session; raises botocore's errors if DynamoDB does not answer."""
        return self._read(Order(account=account, subject=subject, session_id=session))

    def payment(self, account: str, payment: str) -> Payment:
        """A payment; raises botocore's errors if DynamoDB does not answer."""
        return self._read(Payment(account=account, subject=payment))

    def payout(self, account: str, payout: str) -> PayoutRecord:
        """A payout; raises botocore's errors if DynamoDB does not answer."""
        return self._read(PayoutRecord(account=account, subject=payout))

    def connected(self, account: str) -> ConnectedAccount:
        """A connected account; raises botocore's errors if DynamoDB does not answer."""
        found = self._read(ConnectedAccount(account=account, subject=account))
        stone = None if found.version else find_tombstone(self.store, account, account)
        return found.model_copy(update={"versions_before": stone.version}) if stone else found

    def _read[StoredRecord: Record](self, empty: StoredRecord) -> StoredRecord:
        kept = self._item(empty.partition, empty.sort_key)
        if not kept:
            return empty
        record = type(empty).model_validate_json(unpack(kept["record"]))
        return record.model_copy(update={"version": kept["version"] - record.versions_before})

    def _item(self, partition: str, sort_key: str) -> Mapping[str, Any]:
        known = self.ahead.get((partition, sort_key))
        if known is not None:
            return known
        key = to_item({"pk": partition, "sk": sort_key})
        item = self.store.client.get_item(TableName=self.store.books, Key=key, ConsistentRead=True).get("Item")
        return from_item(item) if item else {}
