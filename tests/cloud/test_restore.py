"""The runbook's restore, block by block with the real AWS CLI: an erased customer stays erased."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from cli.local.stack import NAME, Stack, deployed
from cli.samples import samples
from shared.effects.erasure import Erase
from shared.tables.store import Store
from shared.tables.tombstones import find_or_bury
from shared.values.platform import PLATFORM
from shared.values.tokens import Tokens
from tests.cloud.conftest import ARCHITECTURE, BUILT, SECRET
from tests.cloud.runbook import BLOCKS, block_with, run, until

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

pytestmark = [pytest.mark.prove, pytest.mark.cloud]  # the AWS CLI takes a second to start, for each of its commands


@pytest.fixture(scope="module")
def stack() -> Iterator[Stack]:
    with deployed(BUILT, ARCHITECTURE, SECRET) as made:
        yield made


def subscribe(stack: Stack, suffix: str) -> str:
    """A customer of that suffix subscribes; the customer's id."""
    event = samples.renamed(samples.fresh("customer.subscription.created", stack.now()), suffix)
    stack.send(event)
    stack.settled(event["id"])
    return str(event["data"]["object"]["customer"])


def bury(stack: Stack, customer: str) -> None:
    """Write the tombstone of an erasure that comes after the backup."""
    token = Tokens(stack.cloud.client("secretsmanager"), f"{NAME}/token-key")
    tables = f"{NAME}-inbox", f"{NAME}-books", f"{NAME}-tombstones", f"{NAME}-access"
    client = stack.cloud.client("dynamodb")
    store = Store(client, *tables, retention_days=90, lease=0, clock=stack.now, token=token)
    find_or_bury(store, Erase(account=PLATFORM, customer=customer, as_of=stack.now(), version=1), stack.now() * 1000)


def test_a_guest_is_erased_as_the_runbook_says(stack: Stack, tmp_path: Path) -> None:
    event = samples.renamed(samples.fresh("checkout.session.completed", stack.now()), "guest")
    event["data"]["object"] |= {"customer": None}
    session = event["data"]["object"]["id"]
    stack.send(event)
    stack.settled(event["id"])
    assert session in str(stack.books())

    listed = block_with("billhook erase-guest")
    assert f"would be erased  platform  {session}  fulfilled" in run(stack, tmp_path, listed, GUEST=session)
    run(stack, tmp_path, listed.replace(" --dry-run", ""), GUEST=session)

    until(lambda: session not in str([item["pk"] for item in stack.books()]))
    assert "accounts@example.com" not in str([item for item in stack.books() if "guest" in str(item)])
    assert len(stack.tombstones()) == 2  # the session's and its payment's


def settings(stack: Stack, table: str) -> tuple[str, str]:
    """The states of a table's expiry and of its point-in-time recovery."""
    client: DynamoDBClient = stack.cloud.client("dynamodb")
    expiry = client.describe_time_to_live(TableName=table)["TimeToLiveDescription"]["TimeToLiveStatus"]
    backups = client.describe_continuous_backups(TableName=table)["ContinuousBackupsDescription"]
    return expiry, backups["PointInTimeRecoveryDescription"]["PointInTimeRecoveryStatus"]


def test_a_restore_as_the_runbook_says_brings_no_erased_customer_back(stack: Stack, tmp_path: Path) -> None:
    erased, kept = subscribe(stack, "erased"), subscribe(stack, "kept")
    for function in ("ConsumerFunction", "EffectsFunction"):
        run(stack, tmp_path, block_with(function, "--no-enabled"))
    run(stack, tmp_path, block_with("restore-table-to-point-in-time"), SECOND="2026-11-26T09:00:00Z")
    stack.cloud.advance(60)
    bury(stack, erased)

    dry_run, apply = (block for block in BLOCKS if "billhook erase-again" in block)
    assert "1 erased partitions, 2 items to delete" in run(stack, tmp_path, dry_run)
    assert "1 erased partitions, 2 items deleted" in run(stack, tmp_path, apply)
    run(stack, tmp_path, block_with("create-backup"))
    assert run(stack, tmp_path, block_with("BackupStatus")).count("AVAILABLE") == 3
    run(stack, tmp_path, block_with("restore-table-from-backup", "update-time-to-live"))
    assert [settings(stack, f"{NAME}-{table}") for table in ("books", "inbox")] == [("ENABLED", "ENABLED")] * 2
    for function in ("ConsumerFunction", "EffectsFunction"):
        run(stack, tmp_path, block_with(function, " --enabled"))
    run(stack, tmp_path, block_with("delete-backup"))

    assert stack.organization(erased) is None
    assert stack.organization(kept) is not None
    assert not [item for item in stack.books() if erased in str(item)]
    client: DynamoDBClient = stack.cloud.client("dynamodb")
    left = client.list_tables()["TableNames"]
    assert [name for name in left if name.endswith("-restored")] == []
    assert {f"{NAME}-{table}" for table in ("access", "books", "inbox", "tombstones")} <= set(left)
    access = json.dumps(client.scan(TableName=f"{NAME}-access")["Items"])
    assert (erased in access, kept in access) == (False, True)
    stack.cloud.advance(60)
    assert subscribe(stack, "erased") == erased
    assert stack.organization(erased) is not None
