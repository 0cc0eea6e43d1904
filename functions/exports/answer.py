"""The two kinds of answer, with the headers that keep a link between us and whoever holds it."""

from typing import Any

from functions.exports.page import GONE, UNAVAILABLE

_PRIVATE = {
    "cache-control": "no-store",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
    "x-robots-tag": "noindex",
}
_HTML = {
    "content-type": "text/html; charset=utf-8",
    # The last three are not covered by the first.
    "content-security-policy": (
        "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
}


def redirect(url: str) -> dict[str, Any]:
    """API Gateway's answer that sends the browser on to the file."""
    return {"statusCode": 302, "headers": _PRIVATE | {"location": url}, "body": ""}


def refuse(status: int) -> dict[str, Any]:
    """API Gateway's answer with the page for this status: 404, or another for what may pass."""
    headers = _PRIVATE | _HTML
    if status == 404:  # noqa: PLR2004 - HTTP's own number
        return {"statusCode": status, "headers": headers, "body": GONE}
    return {"statusCode": status, "headers": headers | {"retry-after": "60"}, "body": UNAVAILABLE}
