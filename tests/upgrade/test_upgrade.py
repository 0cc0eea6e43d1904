"""What an older version left in the queue, the inbox, the schedules and the books is read and completed by this one.

A folder for each version that was released, written by its own `make corpus`; at the next release one is added, and
none is ever rewritten.
"""

import base64
import json
from typing import Any

import boto3
import pytest

from functions.consumer.routes import ROUTES
from shared.compression.packing import unpack
from shared.decisions.decision import StoredRecord
from shared.effects.email import Email
from shared.inbox.outbox import dump, load
from shared.policy.policy import Policy
from shared.records.connected_account import ConnectedAccount, PayoutRecord
from shared.records.index import AccountIndex, PaymentIndex
from shared.records.order import Order
from shared.records.organization import Organization
from shared.records.past import ClosedInvoice, EndedSubscription
from shared.records.payment import Payment
from shared.tables.books import DynamoBooks
from shared.tables.store import Store
from shared.values import keys
from tests.consumer.examples import token
from tests.prove.moto_cloud import TABLES
from tests.prove.runner import Runner
from tests.upgrade.corpus import HERE, VERSIONS, came_of, corpus, deliver, in_short, kind_of, put

RECORDS: dict[str, type[StoredRecord]] = {
    "organization": Organization,
    "payment": Payment,
    "payment#": PaymentIndex,
    "order#": Order,
    "holds#": AccountIndex,
    "account": ConnectedAccount,
    "payout#": PayoutRecord,
    "subscription#": EndedSubscription,
    "invoice#": ClosedInvoice,
}
READ_ALONE = {"organization", "payment", "order#", "account", "payout#"}
"""What a handler asks the books for; the others are found by Query."""
NOT_IN_0_1 = {"observe", "subscription#", "invoice#", "export"}
OURS = {"reminder.payment_failed", "reminder.trial_ending", "farewell.due", "erasure.due", "erasure.account_due"}


def stored_record(item: dict[str, Any]) -> str:
    """A record's JSON, from its item in base64 or not."""
    stored = item["record"]["B"]
    return unpack(stored if isinstance(stored, bytes) else base64.b64decode(stored))


def lost(old: object, new: object, place: str = "") -> list[str]:
    """What `old` says and `new` does not, by its place; more may be said, and a set is stored in any order."""
    if isinstance(old, dict) and isinstance(new, dict):
        return [one for key, value in old.items() for one in lost(value, new.get(key), f"{place}.{key}")]
    if isinstance(old, list) and isinstance(new, list) and len(old) == len(new):
        pairs = zip(sorted(old, key=str), sorted(new, key=str), strict=True)
        return [
            one for number, (before, after) in enumerate(pairs) for one in lost(before, after, f"{place}[{number}]")
        ]
    return [] if old == new else [place]


@pytest.mark.parametrize("message", corpus("messages"))
def test_a_message_that_an_older_version_sent_is_done(runner: Runner, message: dict[str, Any]) -> None:
    done = deliver(runner, message["record"]["body"], message["at"])
    assert (done["state"], done.get("error")) == ("done", None)


@pytest.mark.parametrize("owed", corpus("owed"))
def test_what_an_older_version_committed_is_performed_as_it_would_have_done(
    runner: Runner, owed: dict[str, Any]
) -> None:
    put(runner, "INBOX_TABLE", owed["inbox"])
    put(runner, "BOOKS_TABLE", *owed["books"])
    event = {"id": owed["inbox"]["id"]["S"], "type": owed["inbox"]["type"]["S"], "data": {"object": {}}}

    done = deliver(runner, json.dumps(event), owed["at"])

    assert (done["state"], done.get("error")) == ("done", None)
    assert in_short(came_of(done)) == in_short(owed["done"])


@pytest.mark.parametrize("owed", corpus("owed"))
def test_nothing_of_an_older_outbox_is_lost_when_it_is_read(owed: dict[str, Any]) -> None:
    stored = owed["inbox"]["outbox"]["S"]
    assert lost(json.loads(stored), json.loads(dump(load(stored)))) == []


@pytest.mark.parametrize("item", corpus("books"))
def test_nothing_of_an_older_item_of_the_books_is_lost_when_it_is_read(item: dict[str, Any]) -> None:
    kind = kind_of(item)
    if kind == "mail#":
        stored = item["mail"]["S"]
        mail = Email.model_validate_json(stored)
        assert lost(json.loads(stored), json.loads(mail.model_dump_json())) == []
        assert (mail.partition, keys.mail(mail.key)) == (item["pk"]["S"], item["sk"]["S"])
    elif kind in RECORDS:
        stored = stored_record(item)
        record = RECORDS[kind].model_validate_json(stored)
        assert lost(json.loads(stored), json.loads(record.model_dump_json())) == []
        assert (record.partition, record.sort_key) == (item["pk"]["S"], item["sk"]["S"])
    else:
        assert kind in {"event#", "tombstone", "export"}  # read by the exports and erasures among what is owed


@pytest.mark.parametrize("item", [one for one in corpus("books") if kind_of(one.values[0]) in READ_ALONE])
def test_the_books_find_an_older_record_under_its_version(runner: Runner, item: dict[str, Any]) -> None:
    put(runner, "BOOKS_TABLE", item)
    books = books_of(runner)
    wanted = RECORDS[kind_of(item)].model_validate_json(stored_record(item))

    found = books.read(type(wanted), *(getattr(wanted, name) for name in wanted.named_by))

    assert found == wanted.model_copy(update={"version": int(item["version"]["N"])})


def books_of(runner: Runner) -> DynamoBooks:
    environ = runner.moto_cloud.environ
    client = boto3.client("dynamodb")
    inbox, books, tombstones, access = (environ[name] for name in TABLES)
    store = Store(
        client, inbox, books, tombstones, access, retention_days=90, lease=45, clock=runner.clock, token=token
    )
    return DynamoBooks(store, Policy())


def test_a_field_that_is_dropped_or_changed_is_noticed_wherever_it_is() -> None:
    old = {"invoices": {"in_1": {"candidates": [{"event": "evt_1", "verb": 1}]}}, "closed": ["in_2", "in_3"]}
    assert lost(old, old | {"new": True, "closed": ["in_3", "in_2"]}) == []
    assert lost(old, {"closed": ["in_2", "in_3"]}) == [".invoices"]
    renamed = {"in_1": {"candidates": [{"event": "evt_1", "kind": 1}]}}
    assert lost(old, old | {"invoices": renamed}) == [".invoices.in_1.candidates[0].verb"]


@pytest.mark.parametrize("version", VERSIONS)
def test_a_corpus_has_every_kind_of_what_was_left(version: str) -> None:
    messages, owed, books = (
        json.loads((HERE / version / f"{name}.json").read_text()) for name in ("messages", "owed", "books")
    )
    assert {json.loads(one["record"]["body"])["type"] for one in messages} <= ROUTES.keys()
    assert {json.loads(one["record"]["body"])["type"] for one in messages} >= OURS
    new = NOT_IN_0_1 if version == "0.1" else set()
    kinds = {"email", "remind", "publish", "export", "erase", "observe"}
    assert {entry["kind"] for one in owed for entry in one["done"]} == kinds - (new & {"observe"})
    assert {kind_of(item) for item in books} == {*RECORDS, "mail#", "event#", "tombstone", "export"} - new
