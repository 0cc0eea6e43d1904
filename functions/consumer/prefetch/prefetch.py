"""Prefetch: one call reads the inbox item of an event, and the records that a decision on it will read."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from functions.consumer.message import Message
from functions.consumer.prefetch.predict_keys import predict_keys
from shared.records.books import Books
from shared.tables.attributes import from_item, to_item
from shared.tables.books import DynamoBooks
from shared.tables.store import Store
from shared.values import keys
from shared.values.tokens import tombstone

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.type_defs import KeysAndAttributesTypeDef

type Known = Mapping[str, Any] | None
"""An inbox item, empty if the inbox has none; None if DynamoDB left a part of the read unanswered."""


@dataclass(frozen=True)
class Prefetch:
    """Reads ahead of one decision."""

    store: Store
    books: DynamoBooks

    def __call__(self, message: Message) -> tuple[Known, Books]:
        """The inbox item, and books that hold the predicted records: use them for one decision only.

        Raises:
            botocore.exceptions.ClientError, BotoCoreError: DynamoDB does not answer.
        """
        store, predicted = self.store, predict_keys(message)
        graves = {self._tombstone_of(place[0]) for place in predicted if _may_be_erased(*place)}
        asked: dict[str, KeysAndAttributesTypeDef] = {
            # An eventually consistent read costs half a unit; the commit's own condition catches a newer item.
            store.inbox: {"Keys": [to_item({"id": message.event_id})], "ConsistentRead": False}
        }
        for table, places in ((store.books, predicted), (store.tombstones, graves)):
            if places:
                asked[table] = {"Keys": [to_item({"pk": pk, "sk": sk}) for pk, sk in places], "ConsistentRead": True}
        answer = store.client.batch_get_item(RequestItems=asked)
        if answer.get("UnprocessedKeys"):
            return None, self.books
        found = answer["Responses"]
        ahead: dict[keys.Key, Mapping[str, Any]] = {key: {} for key in predicted | graves}
        for item in map(from_item, (*found.get(store.books, ()), *found.get(store.tombstones, ()))):
            ahead[item["pk"], item["sk"]] = item
        known = next(map(from_item, found.get(store.inbox, ())), {})
        return known, replace(self.books, ahead=ahead)

    def _tombstone_of(self, partition: str) -> keys.Key:
        """The key of a tombstone; this saves each new payment, and each new order of a guest, a read."""
        return tombstone(self.store.token, *keys.split(partition)), keys.TOMBSTONE


def _may_be_erased(partition: str, sort_key: str) -> bool:
    """Whether a new record of this key asks for a tombstone: a payment does, and the order of a guest."""
    _, subject = keys.split(partition)
    return sort_key in {keys.PAYMENT, keys.order(subject)}
