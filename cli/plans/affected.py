"""Whose access item the rules of this checkout would change: items of other rules, computed again from the books."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import batched, islice
from typing import TYPE_CHECKING, Any

from shared.compression.packing import unpack
from shared.decisions.access import access_of
from shared.policy.policy import Policy
from shared.records.organization import Organization
from shared.tables.attributes import from_item, to_item
from shared.values import keys

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.client import DynamoDBClient

AT_ONCE = 100
"""https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchGetItem.html"""
SAID = ("access", "plan", "features", "limits")
"""The fields that the comparison looks at."""

type Offer = Mapping[str, Any]
"""What an item says a customer may do: access, plan, features and limits."""


@dataclass(frozen=True)
class Affected:
    """A customer whose item other rules have made.

    Args:
        partition: the customer's partition.
        was: what the item says; None if the customer has none.
        now: what the rules of this checkout make of it.
        policy: the hash of these rules.
        version: the version of the item; 0 if the customer has none.
    """

    partition: str
    was: Offer | None
    now: Offer
    policy: str
    version: int

    @property
    def changes(self) -> dict[str, tuple[Any, Any]]:
        """Each field that would change, before and after; empty for a customer without an item."""
        was = self.was
        return {name: (was[name], self.now[name]) for name in SAID if was[name] != self.now[name]} if was else {}


@dataclass
class Reader:
    """Reads a stack's tables, and counts what it has read: `units` are DynamoDB's read units."""

    client: "DynamoDBClient"
    stack: str
    policy: Policy
    read: Counter[str] = field(default_factory=Counter)
    units: float = 0

    def affected(self, most: int | None, *, everyone: bool) -> Iterator[Affected]:
        """The customers whose items have other rules, at most `most`.

        With `everyone` it reads the table of books too, for customers who have no item yet.

        Raises:
            botocore.exceptions.ClientError, BotoCoreError: DynamoDB refused, or did not answer.
        """
        yield from islice(self._affected(everyone=everyone), most)

    def _affected(self, *, everyone: bool) -> Iterator[Affected]:
        stale = (one for one in self._items() if one.get("policy") != self.policy.access_fingerprint)
        for some in batched(stale, AT_ONCE, strict=False):
            found = {one.partition: one for one in self._organizations([one["pk"] for one in some])}
            for item in some:
                if known := found.get(item["pk"]):  # else the customer was erased meanwhile
                    yield self._affected_by(known, offer_of(item), item["version"])
        if everyone:
            for organization in self._without_item():
                yield self._affected_by(organization, None, 0)

    def _affected_by(self, organization: Organization, was: Offer | None, version: int) -> Affected:
        now = offer_of(access_of(organization, self.policy, 0).model_dump())
        return Affected(organization.partition, was, now, self.policy.access_fingerprint, version)

    def _items(self) -> Iterator[dict[str, Any]]:
        """Every access item."""
        for item in self._scanned("access", "sk = :sk", {":sk": keys.ACCESS}):
            self.read["items"] += 1
            yield item

    def _without_item(self) -> Iterator[Organization]:
        """Each customer in the books who has no access item; this reads the payloads as well."""
        for item in self._scanned("books", "sk = :sk", {":sk": keys.ORGANIZATION}):
            self.read["records"] += 1
            organization = _organization(item)
            if organization.shown is None:
                yield organization

    def _scanned(self, table: str, condition: str, values: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
        pages = self.client.get_paginator("scan").paginate(
            TableName=f"{self.stack}-{table}",
            FilterExpression=condition,
            ExpressionAttributeValues=to_item(values),
            ReturnConsumedCapacity="TOTAL",
        )
        for page in pages:
            self.units += page.get("ConsumedCapacity", {}).get("CapacityUnits", 0)
            yield from map(from_item, page["Items"])

    def _organizations(self, partitions: list[str]) -> Iterator[Organization]:
        table = f"{self.stack}-books"
        left: Any = [to_item({"pk": partition, "sk": keys.ORGANIZATION}) for partition in partitions]
        while left:
            asked: Any = {table: {"Keys": left}}
            answer: Any = self.client.batch_get_item(RequestItems=asked, ReturnConsumedCapacity="TOTAL")
            self.units += sum(one.get("CapacityUnits", 0) for one in answer.get("ConsumedCapacity", ()))
            for item in map(from_item, answer["Responses"].get(table, ())):
                self.read["records"] += 1
                yield _organization(item)
            left = answer.get("UnprocessedKeys", {}).get(table, {}).get("Keys")


def _organization(item: Mapping[str, Any]) -> Organization:
    record = Organization.model_validate_json(unpack(item["record"]))
    return record.model_copy(update={"version": item["version"] - record.versions_before})


def offer_of(item: Mapping[str, Any]) -> Offer:
    """What an item says a customer may do, from its attributes or its dump."""
    return {
        "access": item.get("access"),
        "plan": item.get("plan"),
        "features": list(item.get("features", ())),
        "limits": dict(item.get("limits", {})),
    }
