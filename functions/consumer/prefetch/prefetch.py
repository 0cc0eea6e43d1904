"""Look: one call reads what the inbox knows of an event, and the records that a decision on it will ask for."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from functions.consumer.message import Message
from functions.consumer.prefetch.predict_keys import predict_keys
from shared.records.books import Books
from shared.tables.attributes import from_item, to_item
from shared.tables.books import DynamoBooks
from shared.tables.store import Store

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.type_defs import KeysAndAttributesTypeDef

    from shared.values.keys import Place

type Known = Mapping[str, Any] | None
"""An inbox item, empty if there is none; None if DynamoDB did not answer all that it was asked."""
type Prefetch = Callable[[Message], tuple[Known, Books]]


def prefetcher(store: Store, books: DynamoBooks) -> Prefetch:
    """A function that looks a message up. The books that it gives hold what it has read: they are for one decision.

    It raises botocore's errors if DynamoDB does not answer.
    """

    def prefetch(message: Message) -> tuple[Known, Books]:
        places = predict_keys(message)
        wanted: dict[str, KeysAndAttributesTypeDef] = {
            # What is too new to be seen, the commit's own condition sees: half a unit is enough.
            store.inbox: {"Keys": [to_item({"id": message.event_id})], "ConsistentRead": False}
        }
        if places:
            wanted[store.books] = {"Keys": [to_item({"pk": pk, "sk": sk}) for pk, sk in places], "ConsistentRead": True}
        answer = store.client.batch_get_item(RequestItems=wanted)
        if answer.get("UnprocessedKeys"):
            return None, books
        found = answer["Responses"]
        ahead: dict[Place, Mapping[str, Any]] = {place: {} for place in places}
        for item in map(from_item, found.get(store.books, ())):
            ahead[item["pk"], item["sk"]] = item
        return next(map(from_item, found.get(store.inbox, ())), {}), replace(books, ahead=ahead)

    return prefetch
