"""Stripe's webhook signature, checked over the raw bytes (https://docs.stripe.com/webhooks#verify-manually)."""

from __future__ import annotations

import hashlib
import hmac
from typing import TYPE_CHECKING

from functions.ingest.rejection import RejectedError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

TOLERANCE = 300  # seconds, the default of Stripe's own libraries


def parse_header(header: str) -> tuple[int, list[str]]:
    """The time in a Stripe-Signature header (Unix seconds, not yet verified), and every v1 signature in it.

    The header is `t=…,v1=…[,v1=…]`. Other schemes, such as v0, are ignored.

    Raises:
        RejectedError: 400, the header is missing, or holds no timestamp or no v1 signature.
    """
    if not header:
        raise RejectedError(400, "missing_signature", "There is no Stripe-Signature header: only Stripe may post here.")
    times, signatures = [], []
    try:
        for item in header.split(","):
            pair = item.split("=", 2)
            if pair[0] == "t":
                times.append(pair[1])
            elif pair[0] == "v1":
                signatures.append(pair[1])
        signed_at = int(times[0])
    except (IndexError, ValueError) as error:
        raise RejectedError(400, "malformed_signature", "The Stripe-Signature header is not t=…,v1=….") from error
    if not signatures:
        raise RejectedError(400, "malformed_signature", "The Stripe-Signature header holds no v1 signature.")
    return signed_at, signatures


def keyed(secret: bytes) -> hmac.HMAC:
    """The HMAC of a secret before any message. Copying it for each message saves hashing the secret again."""
    return hmac.new(secret, digestmod=hashlib.sha256)


def find_signer(
    signed_at: int, signatures: Sequence[str], body: bytes, keys: Mapping[str, Sequence[hmac.HMAC]]
) -> str | None:
    """The name of the first endpoint that has a key for one of the signatures; None if there is none."""
    prefix = b"%d." % signed_at
    for endpoint, theirs in keys.items():
        for key in theirs:
            mac = key.copy()
            mac.update(prefix)
            mac.update(body)
            expected = mac.hexdigest()
            for signature in signatures:
                # compare_digest raises TypeError for a string that is not ASCII. Such a string matches nothing.
                if signature.isascii() and hmac.compare_digest(expected, signature):
                    return endpoint
    return None


def check_age(signed_at: int, now: float) -> None:
    """Refuse a request that was signed more than five minutes ago.

    A time in the future passes, as in Stripe's libraries. The signature covers the time, so Stripe wrote it, and this
    machine's clock is slow. An attacker who sends a request again does no harm, because the event id is the same.

    Args:
        signed_at: Unix time in seconds, from a header that has been verified.
        now: Unix time in seconds.

    Raises:
        RejectedError: 400, the signature is stale.
    """
    # Compared, not subtracted: an integer of thousands of digits does not fit into a float.
    if signed_at < now - TOLERANCE:
        raise RejectedError(400, "stale_signature", f"The signature is older than {TOLERANCE} seconds.")
