"""The two kinds of answer, with headers that keep the link out of caches, referrers and search engines."""

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
    # default-src does not cover the last three.
    "content-security-policy": (
        "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
}


def redirect(url: str) -> dict[str, Any]:
    """API Gateway's answer that sends the browser on to the file."""
    return {"statusCode": 302, "headers": _PRIVATE | {"location": url}, "body": ""}


def refuse(status: int) -> dict[str, Any]:
    """API Gateway's answer with a page: for 404 that the link is not valid, otherwise that it may work later."""
    headers = _PRIVATE | _HTML
    if status == 404:  # noqa: PLR2004 - HTTP's own number
        return {"statusCode": status, "headers": headers, "body": GONE}
    return {"statusCode": status, "headers": headers | {"retry-after": "60"}, "body": UNAVAILABLE}
