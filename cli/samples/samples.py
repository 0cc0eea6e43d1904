"""Sample events: moved to any time, with any id, and signed as Stripe signs."""

import hashlib
import hmac
import json
import re
import secrets
import string
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

EVENTS = Path(__file__).resolve().parents[2] / "events"

# Integers in this range are times, from 2017 to 2049: no amount in the samples is that large.
TIMES = range(1_500_000_000, 2_500_000_000)

PAUSES = (0.5, 1, 2, 4)
"""Seconds before each further attempt. Stripe's own pauses grow to hours."""

TRY_LATER = 503


@dataclass(frozen=True)
class Answer:
    """The answer of the webhook URL."""

    status: int
    body: dict[str, Any]


def names() -> list[str]:
    """The names of all samples."""
    return sorted(
        str(path.relative_to(EVENTS).with_suffix("")) for path in EVENTS.rglob("*.json") if "sqs" not in path.parts
    )


def sample(name: str) -> dict[str, Any]:
    """The event in `events/<name>.json`.

    Raises:
        LookupError: there is no such sample; the message lists the samples.
    """
    path = EVENTS / f"{name}.json"
    if not path.is_file():
        raise LookupError(f"there is no events/{name}.json. There are:\n  " + "\n  ".join(names()))
    event: dict[str, Any] = json.loads(path.read_text())
    return event


def fresh(name: str, at: int, event_id: str | None = None, account: str | None = None) -> dict[str, Any]:
    """A sample that happened `at`, in epoch seconds: all its times are moved by the same amount, and its id is new."""
    event = sample(name)
    moved: dict[str, Any] = _moved(event, at - event["created"])
    moved["id"] = event_id or new_id()
    if account:
        moved["account"] = account
    return moved


def renamed(event: dict[str, Any], suffix: str) -> dict[str, Any]:
    """The same event about another customer: the ids of the customer's objects end in `suffix`."""
    theirs = r'"((?:cus|sub|si|in|il|pi|ch|cs_live)_[A-Za-z0-9]+)"'
    other: dict[str, Any] = json.loads(re.sub(theirs, rf'"\g<1>{suffix}"', json.dumps(event)))
    return other


def new_id() -> str:
    """An event id as Stripe makes them."""
    return "evt_1" + "".join(secrets.choice(string.ascii_letters + string.digits) for _ in range(23))


def encode(event: dict[str, Any]) -> bytes:
    """The bytes that Stripe would send: indented by two spaces, UTF-8."""
    return json.dumps(event, indent=2, ensure_ascii=False).encode()


def signature(body: bytes, secret: str, at: int) -> str:
    """The Stripe-Signature header of `body` at `at`, in epoch seconds (docs.stripe.com/webhooks#verify-manually)."""
    digest = hmac.new(secret.encode(), f"{at}.".encode() + body, hashlib.sha256).hexdigest()
    return f"t={at},v1={digest}"


def post(url: str, body: bytes, header: str) -> Answer:
    """POST `body` as Stripe does.

    Raises:
        urllib.error.URLError: no server answers at `url`.
    """
    headers = {"Content-Type": "application/json; charset=utf-8", "Stripe-Signature": header}
    request = urllib.request.Request(url, data=body, headers=headers)  # noqa: S310 - the user chose the URL
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310 - as above
            return Answer(answer.status, json.load(answer))
    except urllib.error.HTTPError as refused:
        return Answer(refused.code, json.load(refused))


def deliver(
    url: str, body: bytes, sign: Callable[[], str], waiting: Callable[[str], None] = lambda _why: None
) -> Answer:
    """POST `body` as Stripe does: after 503, post again with a fresh signature (https://docs.stripe.com/webhooks#retries).

    Args:
        url: the webhook URL.
        body: the event.
        sign: returns the Stripe-Signature header for the current time.
        waiting: receives the reason of each pause.

    Returns:
        The first answer other than 503, or the last one.

    Raises:
        urllib.error.URLError: no server answers at `url`.
    """
    for pause in PAUSES:
        answer = post(url, body, sign())
        if answer.status != TRY_LATER:
            return answer
        waiting(f"{answer.status} {answer.body.get('reason', '')}; sending again in {pause} s")
        time.sleep(pause)
    return post(url, body, sign())


def _moved(value: Any, seconds: int) -> Any:  # noqa: ANN401 - JSON
    if isinstance(value, dict):
        return {key: _moved(inner, seconds) for key, inner in value.items()}
    if isinstance(value, list):
        return [_moved(inner, seconds) for inner in value]
    return value + seconds if type(value) is int and value in TIMES else value
