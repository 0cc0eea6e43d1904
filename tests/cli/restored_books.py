"""Customers whose books are restored from a backup, on moto, for the tests of `billhook erase-again`."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any

import boto3
from moto import mock_aws

from cli.operate.erase_again import Applied, apply
from functions.effects.perform.sweep import Places
from shared.tables.attributes import to_item
from shared.values.tokens import Tokens
from tests.consumer.faults import Faults
from tests.consumer.tables import make_tables
from tests.consumer.world import World
from tests.effects.erasable_customers import ErasableCustomers

BUCKET = "exports"
OUTPUTS = [
    {"OutputKey": "TombstonesTableName", "OutputValue": "billhook-tombstones"},
    {"OutputKey": "ExportsBucketName", "OutputValue": BUCKET},
]

type Items = dict[tuple[str, str], dict[str, Any]]


@dataclass
class Restored:
    """Customers whose books are restored from a backup."""

    customers: ErasableCustomers
    places: Places
    applied: Applied = field(default_factory=Applied)

    def backup(self) -> Items:
        """The items of the books about customers."""
        left = self.customers.left().items()
        return {place: item for place, item in left if not place[0].startswith(("erased#", "audit#"))}

    def restore(self, items: Items) -> None:
        """Put the books back to what they held; the tombstones stay."""
        books, client = self.places.store.books, self.places.store.client
        for pk, sk in self.backup():
            client.delete_item(TableName=books, Key=to_item({"pk": pk, "sk": sk}))
        for item in items.values():
            client.put_item(TableName=books, Item=to_item(item))

    def apply(self, *, dry_run: bool = False, after: object = None) -> int:
        """Run to the end; the number of items deleted."""
        self.applied = Applied(after=after)
        for _ in apply(self.places, self.applied, dry_run=dry_run):
            pass
        return self.applied.deleted


@contextmanager
def restorable() -> Iterator[Restored]:
    """A stack with an empty world; the region must be set."""
    with mock_aws():
        client, s3, manager = boto3.client("dynamodb"), boto3.client("s3"), boto3.client("secretsmanager")
        s3.create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": "eu-central-1"})
        manager.create_secret(Name="billhook/token-key", SecretString="k" * 64)
        tables = make_tables(client, "billhook")
        world = World.on(client, tables, Faults(client, lambda _request: None))
        world.store = replace(world.store, token=Tokens(manager, "billhook/token-key"))
        places = Places(world.store, s3, BUCKET, lambda _seconds: None, lambda _least, most: most)
        yield Restored(ErasableCustomers(world), places)
        client.close()


def erased_since(restored: Restored) -> tuple[Items, Items]:
    """A backup, and the books after one of two customers was erased and came back."""
    customers = restored.customers
    for customer in ("cus_1", "cus_2"):
        customers.live(customer, payments=3)
    before = restored.backup()
    customers.world.clock.now += 1
    customers.erase(customers.bury("cus_1"))
    return before, restored.backup()
