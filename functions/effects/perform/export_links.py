"""The link of an export: the token is random for each export, made when the mail goes, and stored nowhere.

A note in the customer's partition leads to the file. It holds a random number and the end of the link. The token is an
HMAC of both with the stack's key: neither the table nor the key alone opens a file.
"""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from shared.tables.attributes import from_item, to_item
from shared.tables.store import Store
from shared.values import keys
from shared.values.export_files import file_key
from shared.values.frozen import Scalar
from shared.values.times import HOUR
from shared.values.tokens import Token

NO_LINK: Mapping[str, Scalar] = {"export_url": None, "export_until": None}


@dataclass(frozen=True)
class Note:
    """The note of one export. `until` is the end of its link, in epoch seconds."""

    partition: str
    nonce: str
    until: int

    def token(self, token: Token) -> str:
        """The token in the link; raises botocore's errors if Secrets Manager does not answer."""
        return token("export", f"{self.partition}\n{self.nonce}")


def write_note(store: Store, partition: str, committed_ms: int, hours: int) -> Note:
    """Note the export of the event that was committed at `committed_ms`; its link then ends in `hours`.

    Another attempt at the same export keeps the number, so that its file replaces the first one.

    Raises:
        botocore.exceptions.ClientError, BotoCoreError: DynamoDB refused, or did not answer.
    """
    known = read_note(store, partition, committed_ms)
    nonce = known.nonce if known else secrets.token_urlsafe(32)
    note = Note(partition, nonce, store.now() + hours * HOUR)
    item = {
        "pk": partition,
        "sk": keys.export(committed_ms),
        "nonce": nonce,
        "link_until": note.until,
        "saved_ms": int(store.clock() * 1000),
    }
    store.client.put_item(
        TableName=store.books,
        Item=to_item(item),
        ConditionExpression="attribute_not_exists(pk) OR nonce = :nonce",  # another worker's file must not be forgotten
        ExpressionAttributeValues=to_item({":nonce": nonce}),
    )
    return note


def read_note(store: Store, partition: str, committed_ms: int) -> Note | None:
    """The note of an export, if there is one; raises botocore's errors if DynamoDB does not answer."""
    key = _key(partition, committed_ms)
    item = store.client.get_item(TableName=store.books, Key=key, ConsistentRead=True).get("Item")
    return _note(from_item(item)) if item else None


def delete_note(store: Store, partition: str, committed_ms: int) -> None:
    """Delete the note of an export; raises botocore's errors if DynamoDB does not answer."""
    store.client.delete_item(TableName=store.books, Key=_key(partition, committed_ms))


def file_of(token: Token, item: Mapping[str, Any]) -> str:
    """The bucket key of the file that a note's item leads to. An older version kept one file for each partition."""
    if "nonce" not in item:
        return file_key(token("export", item["pk"]))
    return file_key(_note(item).token(token))


@dataclass(frozen=True)
class ExportLinks:
    """Makes the links to exports, under `url`."""

    store: Store
    url: str

    def shown(self, partition: str, committed_ms: int) -> Mapping[str, Scalar]:
        """The fields that a mail shows of the export of its event; both are None if there is no link, or it has ended.

        Raises:
            botocore.exceptions.ClientError, BotoCoreError: DynamoDB or Secrets Manager did not answer.
        """
        note = read_note(self.store, partition, committed_ms)
        if note is None or note.until <= self.store.now():
            return NO_LINK
        url = f"{self.url.rstrip('/')}/{note.token(self.store.token)}"
        return {"export_url": url, "export_until": note.until}


def _key(partition: str, committed_ms: int) -> Any:  # noqa: ANN401 - a boto3 shape
    return to_item({"pk": partition, "sk": keys.export(committed_ms)})


def _note(item: Mapping[str, Any]) -> Note:
    return Note(item["pk"], item["nonce"], item["link_until"])
