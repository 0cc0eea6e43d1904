"""Authentication: finds the endpoint whose secret signed a request."""

from __future__ import annotations

from typing import TYPE_CHECKING

from functions.ingest.rejection import RejectedError
from functions.ingest.signature import check_age, find_signer, parse_header

if TYPE_CHECKING:
    from functions.ingest.request import Request
    from functions.ingest.signing_secrets import Keys, SigningSecrets


def authenticate(request: Request, secrets: SigningSecrets, now: float) -> str:
    """The name of the endpoint whose secret signed the request, among those that its URL allows.

    Args:
        request: The request, which is not trusted yet.
        secrets: Read only for a well-formed signature. If no secret fits, they are fetched again: since the last
            fetch a secret may have been rolled, or an endpoint added.
        now: Unix time in seconds.

    Raises:
        RejectedError: 400 for the signature, 404 for an unknown endpoint, 503 if there is no secret to check with.
    """
    signed_at, signatures = parse_header(request.signature)
    known = secrets.current(now)
    signer = find_signer(signed_at, signatures, request.body, _allowed(request, known))
    if signer is None:
        known = secrets.renewed(now)
        signer = find_signer(signed_at, signatures, request.body, _allowed(request, known))
    if signer is None:
        raise _refusal(request, known)
    check_age(signed_at, now)
    return signer


def _allowed(request: Request, known: Keys) -> Keys:
    if request.endpoint is None:
        return known
    return {request.endpoint: known.get(request.endpoint, ())}


def _refusal(request: Request, known: Keys) -> RejectedError:
    if not any(known.values()):
        return RejectedError(503, "no_secret", "No signing secret is set yet: store the endpoint's whsec_… secret.")
    if request.endpoint is not None and request.endpoint not in known:
        return RejectedError(
            404,
            "unknown_endpoint",
            "No endpoint has this name: correct the URL in Stripe, or store the endpoint's secret under this name.",
        )
    if not any(_allowed(request, known).values()):
        return RejectedError(
            503, "no_secret", "No signing secret is set yet for this endpoint: store its whsec_… secret under its name."
        )
    return RejectedError(400, "wrong_signature", "No v1 signature matches the body and a signing secret.")
