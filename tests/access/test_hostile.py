"""10,000 mutated requests: none is Billhook's fault, none is told anything without a token, each 4xx says why."""

import re
from collections import Counter
from random import Random
from typing import Any
from urllib.parse import quote

from functions.access.handler import CHECKOUT, REFRESH
from tests.access.support import OLD, OTHER, SESSION, TOKEN, Access, Json, checkout_event, http_event, item

REQUESTS = 10_000
KNOWN = (TOKEN, OLD, OTHER)
SECRETS = ("studio", "org_1", "sub_1", "cus_1", "access_given", "projects")
"""Words of the answers that nobody may see without a token."""
WEIRD = (
    "",
    " ",
    "\x00",
    "\n",
    "é",
    "\ud800",
    "\U0010ffff",
    "..",
    "../../access",
    "%00",
    "%FF",
    "&",
    "=",
    "#",
    "'",
    '"',
    "{",
    "null",
    "-1",
    "9" * 40,
    "x" * 5000,
    "\u0665",
    "cs_",
    "acct_",
    "account",
    "wait",
)
BASES: tuple[Json, ...] = (
    http_event("cus_1", feature="sso"),
    http_event("cus_1", account="acct_1", limit="seats"),
    http_event(reference="org_1"),
    checkout_event(SESSION, wait="5"),
    checkout_event(SESSION, account="acct_1", wait="0"),
    checkout_event(SESSION, method="POST"),
)
ROUTES = ("GET /access", "GET /access/{customer}", CHECKOUT, REFRESH)


def mutated(text: str, random: Random) -> str:
    """`text` with one to four changes: something weird is put in, a part is cut, doubled or replaced."""
    for _ in range(random.randint(1, 4)):
        start = random.randint(0, len(text))
        end = random.randint(start, len(text))
        between = random.choice((random.choice(WEIRD), text[start:end] * 2, "", chr(random.randint(0, 0x2FFF))))
        text = text[:start] + between + text[end:]
    return text


def request(random: Random) -> Json:
    """One of the bases with one to three of its parts changed."""
    event: dict[str, Any] = {**random.choice(BASES)}
    event["headers"] = dict(event["headers"])
    for _ in range(random.randint(1, 3)):
        match random.randint(0, 6):
            case 0:
                named = event.get("pathParameters") or {}
                event["pathParameters"] = {name: mutated(value, random) for name, value in named.items()}
            case 1:
                event["rawQueryString"] = mutated(event["rawQueryString"] or "", random)
            case 2:
                names = ("account", "reference", "feature", "limit", "wait", mutated("wait", random))
                value = quote(random.choice(WEIRD), safe="%&=", errors="replace")
                event["rawQueryString"] = f"{event['rawQueryString'] or ''}&{random.choice(names)}={value}"
            case 3:
                event["headers"]["authorization"] = mutated(f"Bearer {random.choice(KNOWN)}", random)
            case 4:
                event["headers"][random.choice(("if-none-match", "accept", "x"))] = random.choice(WEIRD)
            case 5:
                event[random.choice(("pathParameters", "rawQueryString", "body"))] = None
            case 6:
                event["routeKey"] = random.choice(ROUTES)
    if random.random() < 0.2:
        event["headers"].pop("authorization", None)
    return event


def opens(event: Json) -> bool:
    """Whether the request carries a known token, as the documented scheme has it."""
    found = re.fullmatch(r"(?i)bearer (.*)", event["headers"].get("authorization", ""), re.DOTALL)
    return found is not None and found[1].strip() in KNOWN


def test_mutated_requests_are_never_our_fault_and_tell_nothing_without_a_token() -> None:
    random, answered = Random(20), Counter[tuple[str, int]]()  # noqa: S311 - a test's own chance, the same each time
    for _ in range(REQUESTS):
        access = Access()
        access.holds(item())
        access.told()
        event = request(random)
        answer = access.ask_raw(event)  # it compares each answer with the OpenAPI document
        known = opens(event)
        assert (answer.status == 401) != known, event
        assert answer.status < 500, event
        assert known or not [word for word in SECRETS if word in answer.text]
        assert known or not (access.reads or access.asked or access.slept)
        if answer.status >= 400:
            assert answer.headers["content-type"] == "application/problem+json"
            assert answer.body["status"] == answer.status
        answered[str(event["routeKey"]), answer.status] += 1
    # The mutations reach every route and every answer that a request alone can cause.
    assert {status for _, status in answered} == {200, 202, 400, 401}
    assert min(answered[route, status] for route in ROUTES for status in (400, 401)) > 50
    assert min(answered[route, 200] for route in ("GET /access/{customer}", CHECKOUT)) > 100
    assert answered[REFRESH, 202] > 100
