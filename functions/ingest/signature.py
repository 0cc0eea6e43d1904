"""Stripe's webhook signature, checked over the raw bytes (https://docs.stripe.com/webhooks#verify-manually)."""

from __future__ import annotations

import hmac
from typing import TYPE_CHECKING, NamedTuple

from functions.ingest.rejection import RejectedError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

TOLERANCE = 300  # seconds, the default of Stripe's own libraries


class Claim(NamedTuple):
    """What a Stripe-Signature header claims: when (Unix seconds) it was signed, and every v1 signature."""

    timestamp: int
    signatures: list[bytes]


def parse_claim(header: str) -> Claim:
    """The claim in a Stripe-Signature header, `t=…,v1=…[,v1=…]`; any other scheme (such as v0) is ignored.

    Raises:
        RejectedError: 400, the header is missing, or holds no timestamp or no v1 signature.
    """
    if not header:
        raise RejectedError(400, "missing_signature", "There is no Stripe-Signature header: only Stripe may post here.")
    try:
        pairs = [item.split("=", 2) for item in header.split(",")]
        first, *_ = [pair[1] for pair in pairs if pair[0] == "t"]
        timestamp = int(first)
        # A non-ASCII signature becomes one with question marks, which matches nothing;
        # as a string it would make compare_digest raise TypeError.
        signatures = [pair[1].encode("ascii", "replace") for pair in pairs if pair[0] == "v1"]
    except (IndexError, ValueError) as error:
        raise RejectedError(400, "malformed_signature", "The Stripe-Signature header is not t=…,v1=….") from error
    if not signatures:
        raise RejectedError(400, "malformed_signature", "The Stripe-Signature header holds no v1 signature.")
    return Claim(timestamp, signatures)


def find_signer(claim: Claim, body: bytes, secrets: Mapping[str, Sequence[bytes]]) -> str | None:
    """The name of the first endpoint one of whose secrets made one of the signatures; None if there is none."""
    signed = b"%d.%b" % (claim.timestamp, body)
    for endpoint, keys in secrets.items():
        for key in keys:
            expected = hmac.digest(key, signed, "sha256").hex().encode()
            if any(hmac.compare_digest(expected, signature) for signature in claim.signatures):
                return endpoint
    return None


def check_age(claim: Claim, now: float) -> None:
    """Refuses a claim signed more than five minutes ago.

    A time in the future passes, as in Stripe's libraries: it is under the signature, so only Stripe can have
    written it, and it means that this machine's clock is slow. A resend is no danger: it has the same event id.

    Args:
        claim: A claim that has been verified.
        now: Unix time in seconds.

    Raises:
        RejectedError: 400, the claim is stale.
    """
    # Compared, not subtracted: a signed integer of thousands of digits does not fit into a float.
    if claim.timestamp < now - TOLERANCE:
        raise RejectedError(400, "stale_signature", f"The signature is older than {TOLERANCE} seconds.")
