"""The handler as Lambda gets it, on moto: it reads what the commit has written."""

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from typing import Any, Final
from urllib.parse import urlencode

import boto3
import pytest
from moto import mock_aws

from functions.access.handler import Handler
from functions.access.wiring import build
from functions.consumer.commit.record_writes import access_writes, session_write
from functions.consumer.decide.decide import decide
from shared.messages.session_refresh import SessionRefresh, refresh_in
from shared.tables.store import Store
from tests.access.support import TOKEN, checkout_event, http_event
from tests.consumer.examples import NOW, token
from tests.consumer.tables import make_table
from tests.support.books import BooksOf
from tests.support.samples import sample
from tests.support.stories import CUSTOMER

REGION: Final = "eu-central-1"
SESSION: Final = str(sample("checkout.session.completed.subscription").object["id"])


@pytest.fixture
def environ(monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, str]]:
    """A table with the item of one customer, and the tokens."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
    with mock_aws():
        dynamodb = boto3.client("dynamodb", region_name=REGION)
        table = make_table(dynamodb, "AccessTable")
        secrets = boto3.client("secretsmanager", region_name=REGION)
        secret = secrets.create_secret(Name="tokens", SecretString=json.dumps({"shop": TOKEN}))["ARN"]
        store = Store(dynamodb, "", "", "", table, 90, 45, lambda: NOW, token)
        books = BooksOf()
        write(store, books, "checkout.session.completed.subscription")
        write(store, books, "customer.subscription.created")
        queue = boto3.client("sqs", region_name=REGION).create_queue(QueueName="effects")["QueueUrl"]
        yield {"ACCESS_TABLE": table, "TOKENS_ID": secret, "EFFECTS_QUEUE_URL": queue, "AWS_REGION": REGION}


def write(store: Store, books: BooksOf, event: str) -> None:
    decision = decide(sample(event), books)
    books.apply(decision)
    for change in decision.access:
        store.client.transact_write_items(TransactItems=access_writes(store, change, NOW * 1000))
    for item in decision.sessions:
        store.client.transact_write_items(TransactItems=[session_write(store, item, time.time_ns() // 10**6)])


def answer(handler: Handler, event: dict[str, Any]) -> dict[str, Any]:
    came = handler(event, None)
    assert came["statusCode"] == 200, came
    body: dict[str, Any] = json.loads(came["body"])
    return body


def test_what_the_commit_wrote_is_found_by_customer(environ: dict[str, str]) -> None:
    body = answer(build(environ), http_event(CUSTOMER, feature="exports"))
    assert (body["allowed"], body["why"], body["plan"], body["status"]) == (True, "granted", "studio", "active")
    assert body["reference"] == "org_fernhill"
    assert [one["plan"] for one in body["subscriptions"]] == ["studio"]


def test_an_answer_to_somebody_unknown_is_the_default_plan(environ: dict[str, str]) -> None:
    body = answer(build(environ), http_event(reference="org_new"))
    assert (body["allowed"], body["why"], body["plan"]) == (False, "no_subscription", "free")


@pytest.mark.parametrize(
    ("broken", "reason"),
    [("ACCESS_TABLE", "table_unavailable"), ("TOKENS_ID", "tokens_unavailable")],
)
@pytest.mark.parametrize("query", [{"customer": "cus_1"}, {"reference": "org_1"}])
def test_what_aws_refuses_is_our_fault_and_named_in_the_log(
    environ: dict[str, str], broken: str, reason: str, query: dict[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    event = http_event(query.get("customer")) | {
        "rawQueryString": urlencode({name: one for name, one in query.items() if name != "customer"})
    }
    came = build(environ | {broken: "missing"})(event, None)
    line = json.loads(capsys.readouterr().out)
    assert (came["statusCode"], line["reason"], line["Failed"]) == (503, reason, 1)
    assert "ResourceNotFoundException" in line["cause"]
    assert "ResourceNotFoundException" not in came["body"]


def test_what_came_of_a_session_is_found_and_gives_access(environ: dict[str, str]) -> None:
    body = answer(build(environ), checkout_event(SESSION))
    assert (body["outcome"], body["customer"], body["reference"]) == ("access_given", CUSTOMER, "org_fernhill")


def test_a_refresh_asks_the_worker_for_a_refresh_and_for_nothing_else(environ: dict[str, str]) -> None:
    came = build(environ)(checkout_event("cs_test_late", method="POST", account="acct_1"), None)
    assert (came["statusCode"], json.loads(came["body"])["refresh"]) == (202, "asked")
    sqs = boto3.client("sqs", region_name=REGION)
    (message,) = sqs.receive_message(QueueUrl=environ["EFFECTS_QUEUE_URL"])["Messages"]
    assert refresh_in(message["Body"]) == SessionRefresh("acct_1", "cs_test_late")
    assert json.loads(message["Body"]).keys() == {"refresh"}


@pytest.mark.parametrize(
    ("broken", "reason"), [("ACCESS_TABLE", "table_unavailable"), ("EFFECTS_QUEUE_URL", "queue_unavailable")]
)
def test_what_aws_refuses_of_a_refresh_is_our_fault(environ: dict[str, str], broken: str, reason: str) -> None:
    there = environ[broken].rpartition("/")[0]
    came = build(environ | {broken: f"{there}/missing" if there else "missing"})(
        checkout_event("cs_test_late", method="POST"), None
    )
    assert (came["statusCode"], json.loads(came["body"])["type"]) == (503, f"urn:billhook:problem:{reason}")


@pytest.mark.parametrize("missing", ["ACCESS_TABLE", "TOKENS_ID", "EFFECTS_QUEUE_URL", "AWS_REGION"])
def test_a_setting_that_is_missing_is_named(missing: str) -> None:
    whole = {"ACCESS_TABLE": "access", "TOKENS_ID": "tokens", "EFFECTS_QUEUE_URL": "effects", "AWS_REGION": REGION}
    with pytest.raises(ValueError, match=missing):
        build({name: value for name, value in whole.items() if name != missing})


def test_a_start_imports_nothing_that_it_would_pay_for() -> None:
    heavy = "{'boto3', 'pydantic', 'stripe', 'tomllib', 'aws_lambda_powertools'}"
    code = f"import sys, functions.access.wiring; sys.exit(bool({heavy} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0  # noqa: S603 - our own interpreter
