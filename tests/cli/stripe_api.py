"""The part of Stripe's API that keeps webhook endpoints, served on loopback; it refuses what Stripe refuses."""

import json
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from tests.support.stripe_http import StripeHandler, form_fields, serving

if TYPE_CHECKING:
    from collections.abc import Callable

KEY = "rk_test_thatmaywriteendpoints"

CREATABLE = {"url", "enabled_events", "api_version", "connect", "description", "metadata"}
UPDATABLE = {"url", "enabled_events", "disabled", "description", "metadata"}


class Refusal(Exception):  # noqa: N818 - it is an answer, not a mistake
    def __init__(self, status: int, message: str, type_: str = "invalid_request_error") -> None:
        super().__init__(message)
        self.status = status
        self.type = type_


class StripeApi:
    """Stripe, with the endpoints of one account."""

    def __init__(self) -> None:
        self.endpoints: dict[str, dict[str, Any]] = {}
        self.secrets: dict[str, str] = {}
        self.requests: list[str] = []
        self.connect_allowed = True
        self.after_create: Callable[[], object] = lambda: None
        self._failures: dict[str, Refusal] = {}
        self._garbled: set[str] = set()

    def fail(self, method: str, status: int, message: str = "Something went wrong.", type_: str = "api_error") -> None:
        """Answer every request with this method so."""
        self._failures[method] = Refusal(status, message, type_)

    def garble(self, method: str) -> None:
        """Perform such a request, and break off the answer."""
        self._garbled.add(method)

    def mend(self) -> None:
        self._failures.clear()
        self._garbled.clear()

    def has(self, **endpoint: Any) -> str:  # noqa: ANN401 - any of its fields
        """Make an endpoint as somebody would in the Dashboard."""
        endpoint_id = f"we_{len(self.secrets) + 1}"
        self.secrets[endpoint_id] = f"whsec_{'k' * 20}{len(self.secrets) + 1}"
        self.endpoints[endpoint_id] = {
            "id": endpoint_id,
            "object": "webhook_endpoint",
            "api_version": None,
            "application": None,
            "created": 1_790_000_000 + len(self.secrets),
            "description": None,
            "enabled_events": ["*"],
            "livemode": False,
            "metadata": {},
            "status": "enabled",
        } | endpoint
        return endpoint_id

    def enabled(self) -> dict[str, dict[str, Any]]:
        """The enabled endpoints by the last part of their URL."""
        return {
            found["url"].rpartition("/")[2]: found
            for found in self.endpoints.values()
            if found["status"] == "enabled" and "example.com" in found["url"]
        }

    def answer(self, method: str, target: str, key: str, body: str) -> tuple[int, str]:
        path, query = urlsplit(target).path, urlsplit(target).query
        self.requests.append(f"{method} {path}")
        try:
            self._admit(method, key)
            answered = json.dumps(self._perform(method, path, form_fields(query), form_fields(body)))
        except Refusal as refusal:
            return refusal.status, json.dumps({"error": {"type": refusal.type, "message": str(refusal)}})
        return 200, answered[:-2] if method in self._garbled else answered

    def _admit(self, method: str, key: str) -> None:
        if method in self._failures:
            raise self._failures[method]
        if key != f"Bearer {KEY}":
            raise Refusal(401, "Invalid API Key provided: rk_test_*********ints")

    def _perform(self, method: str, path: str, query: dict[str, Any], given: dict[str, Any]) -> dict[str, Any]:
        endpoint_id = path.removeprefix("/v1/webhook_endpoints").removeprefix("/")
        if endpoint_id and endpoint_id not in self.endpoints:
            raise Refusal(404, f"No such webhook endpoint: '{endpoint_id}'")
        match method, bool(endpoint_id):
            case "GET", False:
                return self._page(query)
            case "POST", False:
                return self._create(given)
            case "POST", True:
                return self._update(self.endpoints[endpoint_id], given)
            case "DELETE", True:
                del self.endpoints[endpoint_id]
                return {"id": endpoint_id, "object": "webhook_endpoint", "deleted": True}
        raise Refusal(404, f"Unrecognized request URL ({method}: {path}).")

    def _page(self, query: dict[str, Any]) -> dict[str, Any]:
        newest_first = list(reversed(self.endpoints.values()))
        after = query.get("starting_after")
        start = next((at + 1 for at, found in enumerate(newest_first) if found["id"] == after), 0)
        limit = int(query.get("limit", 10))
        page = newest_first[start : start + limit]
        more = start + limit < len(newest_first)
        return {"object": "list", "url": "/v1/webhook_endpoints", "has_more": more, "data": page}

    def _create(self, given: dict[str, Any]) -> dict[str, Any]:
        _check(given, CREATABLE)
        connect = given.pop("connect", "false") == "true"
        if connect and not self.connect_allowed:
            raise Refusal(400, "You have no connected accounts.")
        endpoint_id = self.has(**given, application="ca_1" if connect else None)
        self.after_create()
        return self.endpoints[endpoint_id] | {"secret": self.secrets[endpoint_id]}

    def _update(self, endpoint: dict[str, Any], given: dict[str, Any]) -> dict[str, Any]:
        _check(given, UPDATABLE)
        if "disabled" in given:
            endpoint["status"] = "disabled" if given.pop("disabled") == "true" else "enabled"
        endpoint["metadata"] |= given.pop("metadata", {})
        endpoint |= given
        return endpoint


def served(api: StripeApi) -> AbstractContextManager[str]:
    """Serve it, and give its URL."""

    class Handler(StripeHandler):
        def _answer(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length", 0))).decode()
            self.respond(*api.answer(self.command, self.path, self.headers.get("authorization", ""), body))

        do_GET = do_POST = do_DELETE = _answer  # noqa: N815 - http.server's names

    return serving(Handler)


def _check(given: dict[str, Any], allowed: set[str]) -> None:
    if unknown := set(given) - allowed:
        raise Refusal(400, f"Received unknown parameter: {', '.join(sorted(unknown))}")
    if not given.get("enabled_events", ["something"]):
        raise Refusal(400, "Invalid array: enabled_events")
