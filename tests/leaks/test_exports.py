"""The token of a link, which gives access to a customer's data, appears nowhere in any failure."""

import json
from collections.abc import Iterator
from functools import partial

import boto3
import botocore.session
import pytest
from moto import mock_aws

from functions.exports import handler as handling
from functions.exports.wiring import build
from tests.consumer.examples import REGION
from tests.exports.support import http_event
from tests.leaks.canaries import Canaries
from tests.leaks.captured_output import call
from tests.leaks.faults import FAULTS, Fault, FaultyCalls

type Gate = tuple[Canaries, FaultyCalls]


@pytest.fixture
def gate(monkeypatch: pytest.MonkeyPatch) -> Iterator[Gate]:
    """The canaries of a test, and the faults that it makes for the real exports on moto."""
    canaries = Canaries()
    faulty_calls = FaultyCalls(canaries)
    session = botocore.session.get_session()
    session.register("before-call", faulty_calls)  # type: ignore[arg-type] # botocore passes on what it returns
    monkeypatch.setattr(botocore.session, "get_session", lambda: session)
    with mock_aws():
        boto3.client("s3", region_name="us-east-1").create_bucket(Bucket="exports")
        yield canaries, faulty_calls


def said_to(token: str) -> str:
    """All that is said of a request; its answer is for the visitor, who has the token."""
    answer, said = call(partial(build, {"BUCKET": "exports", "AWS_REGION": REGION}), http_event(token))
    assert token not in json.dumps(answer)
    return said


@pytest.mark.parametrize("fault", [None, *FAULTS])
def test_a_token_is_not_heard_when_s3_fails_and_quotes_it(gate: Gate, fault: Fault | None) -> None:
    canaries, faulty_calls = gate
    token = canaries.new("the token").ljust(43, "x")
    faulty_calls.expect(fault)
    assert canaries.heard_in(said_to(token)) == set()


@pytest.mark.parametrize("end", ["", "=", "/../", "\n", "é"])
def test_nor_is_one_that_is_none(gate: Gate, end: str) -> None:
    canaries, _ = gate
    assert canaries.heard_in(said_to(canaries.new("no token") + end)) == set()


def test_a_token_that_is_logged_would_be_heard(gate: Gate, monkeypatch: pytest.MonkeyPatch) -> None:
    canaries, _ = gate
    monkeypatch.setattr(handling, "_place", repr)
    monkeypatch.setattr(handling, "key_of", lambda event: {}[event["pathParameters"]["token"]])
    assert canaries.heard_in(said_to(canaries.new("the token").ljust(43, "x"))) == {"the token"}
