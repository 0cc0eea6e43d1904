"""The URL accepts nothing that Stripe did not sign, and no request makes it answer 5xx."""

import gzip
import http.client
import json
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import pytest
import stripe
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cli.local.stack import Stack, deployed
from cli.samples import samples
from tests.cloud.conftest import ARCHITECTURE, BUILT, SECRET
from tests.prove.conftest import Report

pytestmark = [pytest.mark.prove, pytest.mark.cloud]

EXAMPLES = 300
# The local cloud mangles invalid UTF-8 that claims to be JSON or text; AWS hands it on whole, and the function refuses
# both. An octet stream arrives here as it does on AWS.
BYTES = "application/octet-stream"
TYPES = (BYTES, "application/json", "application/json; charset=utf-16", "text/plain", "multipart/form-data", "", "\xff")
ESCAPES = ("\\u0000", "\\ud800", "\\udfff\\ud800", "\\ufffe", "\u2028", "\U0010ffff", "\ufffe", "\x7f")


@dataclass
class Door:
    """The live URL, with a count of its answers by status."""

    stack: Stack
    answers: Counter[int] = field(default_factory=Counter)
    wrongly: list[tuple[bytes, str]] = field(default_factory=list)

    def knock(self, body: bytes, signature: str | None, **headers: str) -> int:
        """The status of the answer. Stripe's own library must accept every request that the URL accepts."""
        url = urlsplit(self.stack.webhook_url)
        sent = {"Content-Type": BYTES} | {name.replace("_", "-"): value for name, value in headers.items()}
        sent |= {} if signature is None else {"Stripe-Signature": signature}
        connection = http.client.HTTPConnection(url.hostname or "", url.port, timeout=30)
        try:
            connection.putrequest("POST", url.path, skip_accept_encoding=True)
            for name, value in ({"Content-Length": str(len(body))} | sent).items():
                connection.putheader(name, value.encode("latin-1"))
            connection.endheaders(body)
            answer = connection.getresponse()
            answer.read()
        finally:
            connection.close()
        self.answers[answer.status] += 1
        if answer.status < 300 and not stripe_would_accept(body, signature or ""):
            self.wrongly.append((body, signature or ""))
        return answer.status

    def sign(self, body: bytes) -> str:
        return samples.signature(body, SECRET, self.stack.now())


def stripe_would_accept(body: bytes, signature: str) -> bool:
    try:
        stripe.WebhookSignature.verify_header(body.decode(), signature, SECRET, 300)
    except (stripe.SignatureVerificationError, ValueError):
        return False
    return True


@pytest.fixture(scope="module")
def door() -> Iterator[Door]:
    with deployed(BUILT, ARCHITECTURE, SECRET) as stack:
        yield Door(stack)


def event_bytes(door: Door) -> bytes:
    return samples.encode(samples.fresh("invoice.paid", door.stack.now()))


def forged(header: Callable[[str, str, str], str]) -> Callable[[Door], int]:
    """Post a true event under a header made from the true header, its time and its digest."""

    def knock(door: Door) -> int:
        body = event_bytes(door)
        true = door.sign(body)
        at, digest = (part.partition("=")[2] for part in true.split(","))
        return door.knock(body, header(true, at, digest))

    return knock


def signed(body: Callable[[bytes], bytes], **headers: str) -> Callable[[Door], int]:
    """Post a body made from a true event, with a valid signature."""

    def knock(door: Door) -> int:
        made = body(event_bytes(door))
        return door.knock(made, door.sign(made), **headers)

    return knock


def changed(**fields: object) -> Callable[[Door], int]:
    return signed(lambda body: json.dumps(json.loads(body) | fields).encode())


NAMED: dict[str, tuple[int, Callable[[Door], int]]] = {
    "as Stripe sends it": (200, signed(bytes)),
    "no header": (400, lambda door: door.knock(event_bytes(door), None)),
    "an empty header": (400, forged(lambda *_: "")),
    "commas": (400, forged(lambda *_: ",,,,")),
    "no time": (400, forged(lambda _true, _at, digest: f"v1={digest}")),
    "no signature": (400, forged(lambda _true, at, _digest: f"t={at}")),
    "an empty signature": (400, forged(lambda _true, at, _digest: f"t={at},v1=")),
    "the scheme of test signatures": (400, forged(lambda _true, at, digest: f"t={at},v0={digest}")),
    "a digest cut short": (400, forged(lambda true, *_: true[:-1])),
    "a digest in capitals": (400, forged(lambda _true, at, digest: f"t={at},v1={digest.upper()}")),
    "a digest that is not ASCII": (400, forged(lambda _true, at, _digest: f"t={at},v1=\xe9\xff")),
    "another time": (400, forged(lambda _true, at, digest: f"t={int(at) + 1},v1={digest}")),
    "another time before the signed one": (400, forged(lambda true, *_: f"t=1,{true}")),
    "another time after the signed one": (200, forged(lambda true, *_: f"{true},t=1")),  # as Stripe's libraries do
    "a negative time": (400, forged(lambda _true, at, digest: f"t=-{at},v1={digest}")),
    "a time of 5,000 digits": (400, forged(lambda _true, _at, digest: f"t={'9' * 5000},v1={digest}")),
    "a time of four digits and a NUL": (400, forged(lambda _true, _at, digest: f"t=1234%00,v1={digest}")),
    "infinity": (400, forged(lambda _true, _at, digest: f"t=inf,v1={digest}")),
    "a thousand wrong digests": (400, forged(lambda _true, at, _digest: f"t={at}" + ",v1=0" * 1000)),
    "one right digest among wrong ones": (200, forged(lambda _true, at, digest: f"t={at},v1=0,v1={digest},v0=1")),
    "nothing, signed": (400, signed(lambda _body: b"")),
    "null, signed": (400, signed(lambda _body: b"null")),
    "a list, signed": (400, signed(lambda body: b"[" + body + b"]")),
    "brackets without end, signed": (400, signed(lambda _body: b"[" * 100_000)),
    "braces without end, signed": (400, signed(lambda _body: b'{"a":' * 100_000)),
    "half an event, signed": (400, signed(lambda body: body[: len(body) // 2])),
    "two events, signed": (400, signed(lambda body: body + body)),
    "a byte-order mark, signed": (400, signed(lambda body: b"\xef\xbb\xbf" + body)),
    "UTF-16, signed": (400, signed(lambda body: body.decode().encode("utf-16"))),
    "an invalid byte, signed": (400, signed(lambda body: body.replace(b'"evt_', b'"evt_\xff', 1))),
    "NaN, signed": (400, signed(lambda body: body.replace(b"2900", b"NaN"))),
    "a number of 5,000 digits, signed": (400, signed(lambda body: body.replace(b"2900", b"9" * 5000))),
    "compressed, signed": (400, signed(gzip.compress, Content_Encoding="gzip")),
    "larger than a message, signed": (413, signed(lambda body: body + b" " * 1_048_576)),
    "no id, signed": (400, changed(id=None)),
    "an id with a line break, signed": (400, changed(id="evt_1\n")),
    "an id of 129 characters, signed": (400, changed(id="e" * 129)),
    "a number for an id, signed": (400, changed(id=1)),
    "a type that is a list, signed": (400, changed(type=["invoice.paid"])),
    "a type of our own, signed": (400, changed(type="erasure.due")),
    "an account that is no identifier, signed": (400, changed(account="acct 1")),
    "another object, signed": (400, changed(object="invoice")),
    "data that is a text, signed": (200, changed(data="none", id="evt_named_text")),  # taken, and then dead-lettered
}


@pytest.mark.parametrize("name", NAMED)
def test_a_named_case_is_answered_as_it_should(door: Door, name: str) -> None:
    expected, knock = NAMED[name]
    assert knock(door) == expected
    assert door.wrongly == []


def spliced(body: bytes, at: int, length: int, piece: bytes) -> bytes:
    return body[: at % len(body)] + piece + body[at % len(body) + length :]


pieces = st.one_of(st.binary(max_size=8), st.sampled_from(ESCAPES).map(str.encode), st.sampled_from([b'"', b"}", b"{"]))
headers = st.text(st.characters(max_codepoint=255, exclude_categories=["Cc"]), max_size=40)


@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    where=st.integers(0, 5000), length=st.integers(0, 20), piece=pieces, content_type=st.sampled_from(TYPES),
    signs=st.sampled_from(["before", "after", "another", "spliced", "made up"]), text=headers,
)  # fmt: skip
def test_no_mutation_is_accepted_wrongly_or_answered_5xx(  # noqa: PLR0913, PLR0917 - what hypothesis draws
    door: Door, where: int, length: int, piece: bytes, content_type: str, signs: str, text: str
) -> None:
    true = event_bytes(door)
    body = true if signs == "spliced" else spliced(true, where, length, piece)
    header = {
        "before": door.sign(true),
        "after": door.sign(body),  # as if Stripe had sent such a body
        "another": samples.signature(body, "whsec_of_somebody_else", door.stack.now()),
        "spliced": spliced(door.sign(true).encode(), where, length, text.encode("latin-1")).decode("latin-1"),
        "made up": text,
    }[signs]
    assert door.knock(body, header, Content_Type=content_type) < 500
    assert door.wrongly == []


def test_and_what_was_accepted_does_not_stop_the_next_event(door: Door, report: Report) -> None:
    event = samples.fresh("invoice.paid", door.stack.now())
    assert door.stack.send(event).status == 200
    assert door.stack.settled(event["id"], seconds=60)["state"] == "done"
    told = [f"answered {status}{times:>22,}" for status, times in sorted(door.answers.items())]
    server_errors = sum(times for status, times in door.answers.items() if status >= 500)
    wrong = [f"accepted wrongly{len(door.wrongly):>18,}", f"answered 5xx{server_errors:>22,}"]
    report(f"hostile input: {len(NAMED)} named cases, {EXAMPLES} mutations", told + wrong)
