"""The token of an app, and whom the app asks about, appear nowhere in the output of the function access."""

import json
from collections.abc import Iterator
from functools import partial
from urllib.parse import urlencode

import boto3
import botocore.session
import pytest
from moto import mock_aws

from functions.access import handler as handling
from functions.access.wiring import build
from tests.access.support import checkout_event, http_event
from tests.consumer.examples import REGION
from tests.consumer.tables import make_table
from tests.leaks.canaries import Canaries
from tests.leaks.captured_output import call
from tests.leaks.faults import FAULTS, Fault, FaultyCalls

type Gate = tuple[Canaries, FaultyCalls, dict[str, str], str]


@pytest.fixture
def gate(monkeypatch: pytest.MonkeyPatch) -> Iterator[Gate]:
    """The canaries of a test, the faults that it makes, the real function's settings on moto, and a token."""
    canaries = Canaries()
    faulty_calls = FaultyCalls(canaries)
    token = canaries.new("the token").ljust(43, "x")
    with mock_aws():
        table = make_table(boto3.client("dynamodb", region_name=REGION), "AccessTable")
        secrets = boto3.client("secretsmanager", region_name=REGION)
        secret = secrets.create_secret(Name="tokens", SecretString=json.dumps({"shop": token}))["ARN"]
        session = botocore.session.get_session()
        session.register("before-call", faulty_calls)  # type: ignore[arg-type] # botocore passes on what it returns
        monkeypatch.setattr(botocore.session, "get_session", lambda: session)
        queue = boto3.client("sqs", region_name=REGION).create_queue(QueueName="effects")["QueueUrl"]
        environ = {"ACCESS_TABLE": table, "TOKENS_ID": secret, "EFFECTS_QUEUE_URL": queue, "AWS_REGION": REGION}
        yield canaries, faulty_calls, environ, token


@pytest.mark.parametrize("fault", [None, *FAULTS])
@pytest.mark.parametrize("call_number", [0, 1], ids=["of the tokens", "of the table"])
@pytest.mark.parametrize("asked", ["customer", "reference"])
def test_neither_token_nor_customer_is_heard_whatever_aws_answers(
    gate: Gate, fault: Fault | None, call_number: int, asked: str
) -> None:
    canaries, faulty_calls, environ, token = gate
    who, feature = canaries.new("the customer"), canaries.new("the feature")
    query = {"feature": feature} | ({"reference": who} if asked == "reference" else {})
    event = http_event(who if asked == "customer" else None, token) | {"rawQueryString": urlencode(query)}
    faulty_calls.expect(fault, call_number)
    _, said = call(partial(build, environ), event)
    assert canaries.heard_in(said) == set()


@pytest.mark.parametrize("fault", [None, *FAULTS])
@pytest.mark.parametrize(("method", "call_number"), [("GET", 0), ("GET", 1), ("POST", 0), ("POST", 1), ("POST", 2)])
def test_no_checkout_session_is_heard_whatever_aws_answers(
    gate: Gate, fault: Fault | None, method: str, call_number: int
) -> None:
    canaries, faulty_calls, environ, token = gate
    session = "cs_" + canaries.new("the session")
    faulty_calls.expect(fault, call_number)
    _, said = call(partial(build, environ), checkout_event(session, token, method))
    assert canaries.heard_in(said) == set()


def test_a_token_that_is_unknown_is_not_heard_either(gate: Gate) -> None:
    canaries, _, environ, _ = gate
    answer, said = call(partial(build, environ), http_event("cus_1", canaries.new("another token").ljust(43, "x")))
    assert canaries.heard_in(said + json.dumps(answer)) == set()


def test_a_customer_that_is_logged_would_be_heard(gate: Gate, monkeypatch: pytest.MonkeyPatch) -> None:
    canaries, _, environ, token = gate
    monkeypatch.setattr(handling, "_place", repr)
    monkeypatch.setattr(handling, "read_question", lambda event: {}[event["pathParameters"]["customer"]])
    _, said = call(partial(build, environ), http_event(canaries.new("the customer"), token))
    assert canaries.heard_in(said) == {"the customer"}
