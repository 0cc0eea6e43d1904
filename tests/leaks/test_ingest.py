"""In every failure ingest keeps personal data and secrets out of its log and its answers."""

import json
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import boto3
import botocore.endpoint
import botocore.session
import pytest
from moto import mock_aws

from functions.ingest import handler as handling
from functions.ingest.wiring import build
from tests.consumer.examples import REGION
from tests.ingest.support import http_event, sign, to_bytes
from tests.leaks.canaries import Canaries, with_canaries
from tests.leaks.captured_output import call
from tests.leaks.faults import FAULTS, Fault, FaultyCalls, refused
from tests.support.samples import NAMES


@dataclass
class Door:
    """The real ingest on moto; its secrets and its callers' headers are canaries, too."""

    canaries: Canaries = field(default_factory=Canaries)
    said: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.secret = f"whsec_{self.canaries.new('the signing secret')}"
        self.faulty_calls = FaultyCalls(self.canaries)
        self._manager = boto3.client("secretsmanager")
        self._id = self._manager.create_secret(Name="signing-secrets")["ARN"]
        self.keep(json.dumps({"direct": self.secret}))
        queue = boto3.client("sqs").create_queue(QueueName="events.fifo", Attributes={"FifoQueue": "true"})
        key = self._manager.create_secret(
            Name="message-key", SecretString=f"{self.canaries.new('the key of messages')}-{'k' * 32}"
        )["ARN"]
        self.environ = {
            "QUEUE_URL": queue["QueueUrl"],
            "SECRET_ID": self._id,
            "MESSAGE_KEY_ID": key,
            "AWS_REGION": REGION,
        }

    def keep(self, value: str) -> None:
        """Let the secret have this value."""
        self._manager.put_secret_value(SecretId=self._id, SecretString=value)

    def post(self, body: bytes, header: str | None = None, endpoint: str | None = None) -> int | None:
        """Post to a handler that has just been built; the status, None if it raised."""
        event = http_event(body, sign(body, self.secret, at=int(time.time())) if header is None else header, endpoint)
        event["headers"]["x-forwarded-for"] = self.canaries.new("the caller")
        event["rawPath"] = f"/webhooks/stripe/{self.canaries.new('the path')}"
        answer, said = call(partial(build, self.environ), event)
        self.said += [said, json.dumps(answer)]
        return int(answer["statusCode"]) if answer else None

    def leaks(self) -> set[str]:
        """The names of all canaries that were output."""
        return set[str]().union(*map(self.canaries.heard_in, self.said))


@pytest.fixture
def door(monkeypatch: pytest.MonkeyPatch) -> Iterator[Door]:
    """The real ingest, behind the faults of a test."""
    monkeypatch.setenv("AWS_DEFAULT_REGION", REGION)
    session = botocore.session.get_session()
    monkeypatch.setattr(botocore.session, "get_session", lambda: session)
    with mock_aws():
        door = Door()
        session.register("before-call", door.faulty_calls)  # type: ignore[arg-type] # botocore passes on what it returns
        yield door


def test_no_sample_is_heard_when_it_is_accepted(door: Door) -> None:
    for name in NAMES:
        assert door.post(to_bytes(with_canaries(name, door.canaries))) == 200
    assert door.leaks() == set()


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("first", [0, 1])
def test_nor_when_either_call_fails(door: Door, fault: Fault, first: int) -> None:
    for name in NAMES:
        door.faulty_calls.expect(fault, first)
        assert door.post(to_bytes(with_canaries(name, door.canaries))) in {503, None}
    assert door.leaks() == set()


@pytest.mark.parametrize(
    "header", ["", "t=1,v1={}", "t={},v1={}", "v1={}", "{}", "t=" + "9" * 5000 + ",v1={}", "t=1,v1=é{}", "t=1,v0={}"]
)
def test_nor_is_what_is_signed_wrongly_or_its_signature(door: Door, header: str) -> None:
    signature = door.canaries.new("a signature")
    assert door.post(to_bytes(with_canaries("invoice.paid", door.canaries)), header.replace("{}", signature)) == 400
    assert door.leaks() == set()


def test_nor_is_a_stale_signature(door: Door) -> None:
    body = to_bytes(with_canaries("invoice.paid", door.canaries))
    assert door.post(body, sign(body, door.secret, at=int(time.time()) - 301)) == 400
    assert door.leaks() == set()


@pytest.mark.parametrize(
    "value", ["{}", '{{"direct": {{"{}": 1}}}}', '{{"{}": ["whsec_{}"', "whsec_{}", '["{}"]', "{{}}"]
)
def test_nor_is_a_secret_of_the_wrong_shape_or_none(door: Door, value: str) -> None:
    secret = door.canaries.new("another secret")
    door.keep(value.format(secret, secret))
    assert door.post(to_bytes(with_canaries("invoice.paid", door.canaries))) == 503
    assert door.leaks() == set()


def test_nor_is_an_endpoint_that_nobody_knows(door: Door) -> None:
    assert (
        door.post(to_bytes(with_canaries("invoice.paid", door.canaries)), endpoint=door.canaries.new("an endpoint"))
        == 404
    )
    assert door.leaks() == set()


@pytest.mark.parametrize("name", ["id", "object", "type", "account", "livemode", "api_version", "request", "data"])
def test_nor_is_an_envelope_that_is_none(door: Door, name: str) -> None:
    canary = door.canaries.new("a word")
    for wrong in ([canary], {canary: canary}, {"id": [canary]}, {"object": canary}, f"{canary} and more"):
        if not (name == "api_version" and isinstance(wrong, str)):
            door.post(to_bytes(with_canaries("invoice.paid", door.canaries) | {name: wrong}))
    assert door.leaks() == set()


@pytest.mark.parametrize(
    "body",
    [b"%s", b'"%s"', b'{"%s": ', b'{"%s": NaN}', b'{"id": "\xff%s"}', b'{"a": "%s\\ud800"}', b"[" * 9**5 + b"%s"],
)
def test_nor_is_a_body_that_is_no_event(door: Door, body: bytes) -> None:
    assert door.post(body.replace(b"%s", door.canaries.new("a body").encode())) == 400
    assert door.leaks() == set()


def test_nor_is_one_that_is_too_large(door: Door) -> None:
    event = with_canaries("invoice.paid", door.canaries)
    event["data"]["object"]["description"] = door.canaries.new("a description") * 90_000
    assert door.post(to_bytes(event)) == 413
    assert door.leaks() == set()


@pytest.mark.usefixtures("at_debug")
def test_at_debug_no_library_says_a_secret_a_token_or_an_event(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"):
        monkeypatch.setenv(name, door.canaries.new(name))
    door.keep(json.dumps({"direct": door.secret}))
    for first in (0, 1, 2, 3):
        door.faulty_calls.expect(refused, first)
        door.post(to_bytes(with_canaries("invoice.payment_failed", door.canaries)))
    assert [json.loads(answer)["statusCode"] for answer in door.said[1::2]] == [503, 503, 503, 200]
    assert door.leaks() == set()


def test_a_bug_is_told_by_its_class_and_place_alone(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(event: Any, *_: object) -> None:  # noqa: ANN401 - an event
        raise KeyError(door.canaries.all(), event)

    monkeypatch.setattr(handling, "message_for", fail)
    assert door.post(to_bytes(with_canaries("invoice.paid", door.canaries))) is None
    assert "Unforeseen: KeyError at functions.ingest.handler:" in door.said[0]
    assert door.leaks() == set()


def test_a_name_that_is_logged_would_be_heard(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    def talk(request: Any, *_: object) -> str:  # noqa: ANN401 - a request
        print(json.loads(request.body)["data"]["object"]["customer_name"])  # noqa: T201 - the fault that is to be found
        return "direct"

    monkeypatch.setattr(handling, "authenticate", talk)
    door.post(to_bytes(with_canaries("invoice.payment_failed", door.canaries)))
    assert door.leaks() == {"data.object.customer_name"}


def test_and_so_would_a_whole_request_as_api_gateway_encodes_it(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(handling, "read_request", print)
    door.post(to_bytes(with_canaries("invoice.payment_failed", door.canaries)))
    assert "something in base64" in door.leaks()
