"""The signature check agrees with Stripe's own library on any input."""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING
from unittest.mock import patch

from hypothesis import example, given, settings
from hypothesis import strategies as st
from stripe import SignatureVerificationError, WebhookSignature

from functions.ingest.authentication import authenticate
from functions.ingest.rejection import RejectedError
from functions.ingest.request import Request
from functions.ingest.signing_secrets import SigningSecrets
from tests.ingest.support import NOW, signature

if TYPE_CHECKING:
    from hypothesis.strategies import DrawFn

SECRETS = st.sampled_from(["whsec_a", "whsec_b", "whsec_é", "x"])
BODIES = st.sampled_from(["", "{}", '{"id": "evt_1"}', "é", "\x00", "1.2,v1="]) | st.text()
# Around both ends of the tolerance, and what only an int() would take for a number.
TIMES = st.integers(NOW - 310, NOW - 290) | st.integers(NOW - 5, NOW + 400) | st.integers()
ODD_TIMES = st.sampled_from([f" {NOW}", f"+{NOW}", "1_790_000_000", "١٧٩٠٠٠٠٠٠٠", "1.79e9", "", "-1", "9" * 5000, "é"])
JUNK = st.text(st.characters() | st.sampled_from("t=v01,"), max_size=12)


@st.composite
def headers(draw: DrawFn, body: str, secret: str) -> str:
    at = draw(TIMES)
    hexadecimal = signature(body.encode(), draw(st.just(secret) | SECRETS), draw(st.just(at) | TIMES))
    other = signature(body.encode(), draw(SECRETS), at)
    items = draw(
        st.lists(
            st.sampled_from(
                [
                    *(f"t={at}", f"v1={hexadecimal}", f"v1={other}", f"v0={hexadecimal}", f" v1={hexadecimal}"),
                    *(f"v1={hexadecimal}=more", f"v1={hexadecimal.upper()}", "v1=é", "v1=", "v1", "t", ""),
                ]
            )
            | ODD_TIMES.map("t={}".format)
            | JUNK,
            max_size=5,
        )
    )
    genuine = [f"t={at}", f"v1={hexadecimal}"]
    return ",".join(draw(st.permutations(items + genuine)) if draw(st.booleans()) else items)


@st.composite
def cases(draw: DrawFn) -> tuple[str, str, str]:
    body, secret = draw(BODIES), draw(SECRETS)
    return body, draw(headers(body, secret)), secret


def stripe_takes(body: str, header: str, secret: str, now: float) -> bool:
    try:
        with patch("stripe._webhook.time", SimpleNamespace(time=lambda: now)):
            return bool(WebhookSignature.verify_header(body, header, secret, tolerance=300))
    except SignatureVerificationError:
        return False
    except TypeError:
        # The library crashes on a non-ASCII signature. What it means is one that does not match.
        kept = [item for item in header.split(",") if item.isascii() or item.startswith("t=")]
        return stripe_takes(body, ",".join(kept), secret, now)


def ingest_takes(body: str, header: str, secret: str, now: float) -> bool:
    secrets = SigningSecrets(lambda: f'{{"direct": "{secret}"}}')
    try:
        return authenticate(Request(body.encode(), header, None), secrets, now) == "direct"
    except RejectedError as rejection:
        assert rejection.status == 400  # noqa: PT017 - that it is raised at all is half of the comparison
        return False


@example(("", f"t={NOW},v1={signature(b'', 'x')}=more", "x"), NOW)  # an item is cut at its second equals sign
@example(("", f"t={NOW},v1={signature(b'', 'x')},v1", "x"), NOW)  # one item without a value spoils the header
@example(("", f"t={NOW},t,v1={signature(b'', 'x')}", "x"), NOW)
@settings(max_examples=1000, deadline=None)
@given(cases(), st.just(NOW) | st.floats(NOW - 1, NOW + 1))
def test_ingest_takes_what_stripes_library_takes_and_nothing_else(case: tuple[str, str, str], now: float) -> None:
    assert ingest_takes(*case, now) == stripe_takes(*case, now)


@settings(deadline=None)
@given(BODIES, SECRETS, st.integers(NOW - 300, NOW + 10**9))
def test_both_take_a_header_that_stripes_library_made(body: str, secret: str, at: int) -> None:
    header = WebhookSignature.generate_signature_header(body, secret, at)
    assert stripe_takes(body, header, secret, NOW)
    assert ingest_takes(body, header, secret, NOW)
