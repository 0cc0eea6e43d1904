"""The part of Stripe's API that lists events and connected accounts, on loopback; it refuses what Stripe refuses."""

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager
from typing import Any
from urllib.parse import urlsplit

from tests.support.stripe_http import StripeHandler, form_fields, serving

type Json = dict[str, Any]

KEY = "rk_test_thatmayreadevents"
PLATFORM = "platform"
DAY = 24 * 3600
PARAMETERS = {
    "/v1/events": {"types", "created", "limit", "starting_after", "ending_before", "delivery_success"},
    "/v1/accounts": {"limit", "starting_after", "ending_before"},
}


class Refusal(Exception):  # noqa: N818 - it is an answer, not a mistake
    def __init__(self, status: int, message: str, code: str | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.code = code


class StripeLists:
    """Stripe, with the events of a platform and of its connected accounts; `now` is its clock, in epoch seconds."""

    def __init__(self, now: Callable[[], int], key: str = KEY) -> None:
        self.now = now
        self.key = key
        self._events: dict[str, list[Json]] = {PLATFORM: []}
        self.requests: list[tuple[str, str, Mapping[str, Any]]] = []
        self.may_list_accounts = True
        self.refuses: dict[str, Refusal] = {}
        self.trouble: Callable[[], int | None] = lambda: None

    def connect(self, account: str) -> None:
        self._events.setdefault(account, [])

    def disconnect(self, account: str) -> None:
        del self._events[account]

    def has(self, event: Json, account: str = PLATFORM) -> Json:
        """An event happens in an account, which its webhook names; the account's own list does not."""
        self.connect(account)
        self._events[account].append({name: value for name, value in event.items() if name != "account"})
        return event

    def answer(self, path: str, query: str, key: str, account: str) -> tuple[int, str]:
        asked = form_fields(query)
        self.requests.append((path, account, asked))
        try:
            return 200, json.dumps(self._perform(path, asked, key, account))
        except Refusal as refusal:
            error = {"type": "invalid_request_error", "message": str(refusal), "code": refusal.code}
            return refusal.status, json.dumps({"error": error})

    def _perform(self, path: str, asked: Json, key: str, account: str) -> Json:
        if status := self.trouble():
            raise Refusal(status, "Something went wrong.", "rate_limit" if status == 429 else None)
        if key != f"Bearer {self.key}":
            raise Refusal(401, "Invalid API Key provided: rk_test_*********ents")
        if unknown := set(asked) - PARAMETERS.get(path, set()):
            raise Refusal(400, f"Received unknown parameter: {', '.join(sorted(unknown))}")
        if path == "/v1/accounts":
            if not self.may_list_accounts:
                raise Refusal(403, "The provided key 'rk_test_*********ents' does not have the required permissions.")
            return self._listed([{"id": one, "object": "account"} for one in self._events if one != PLATFORM], asked)
        if account in self.refuses:
            raise self.refuses[account]
        if account not in self._events:
            raise Refusal(403, "The provided key does not have access to the account.", "account_invalid")
        return self._listed(list(self._visible(account, asked)), asked)

    def _visible(self, account: str, asked: Json) -> Iterator[Json]:
        types = asked.get("types", [])
        if len(types) > 20:
            raise Refusal(400, "Too many types.")
        holds = {"gt": int.__gt__, "gte": int.__ge__, "lt": int.__lt__, "lte": int.__le__}
        bounds = [(holds[name], int(bound)) for name, bound in asked.get("created", {}).items()]
        for event in sorted(self._events[account], key=lambda event: event["created"]):
            if types and event["type"] not in types:
                continue
            # Stripe lists what has happened, for 30 days.
            recent = self.now() - 30 * DAY <= event["created"] <= self.now()
            if recent and all(hold(event["created"], bound) for hold, bound in bounds):
                yield event

    def _listed(self, oldest_first: list[Json], asked: Json) -> Json:
        limit = int(asked.get("limit", 10))
        if not 1 <= limit <= 100:
            raise Refusal(400, "Invalid limit.")
        found, ids = oldest_first[::-1], [one["id"] for one in oldest_first[::-1]]
        if after := asked.get("starting_after"):
            if after not in ids:
                raise Refusal(400, f"No such object: '{after}'", "resource_missing")
            found = found[ids.index(after) + 1 :]
        return {"object": "list", "data": found[:limit], "has_more": len(found) > limit}


def served(stripe: StripeLists) -> AbstractContextManager[str]:
    """Serve it, and give its URL."""

    class Handler(StripeHandler):
        def do_GET(self) -> None:  # noqa: N802 - http.server's name
            url = urlsplit(self.path)
            account = self.headers.get("stripe-account") or PLATFORM
            self.respond(*stripe.answer(url.path, url.query, self.headers.get("authorization", ""), account))

    return serving(Handler)
