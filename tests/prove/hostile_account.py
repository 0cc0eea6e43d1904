"""The events of calm accounts, and those of a hostile one: poison, huge events, names with markup, unknown prices."""

import json
import random
from collections.abc import Iterator
from typing import Any

from cli.samples import samples
from tests.prove.neighbours import Planted, Post

BEGAN = 1_795_000_800
"""Epoch seconds at which the day begins, soon after a full hour."""
HOSTILE = "acct_hostile"
CALM = tuple(f"acct_calm{number}" for number in range(6))
STORY = (
    "customer.created",
    "customer.subscription.created",
    "invoice.paid",
    "payment_intent.succeeded",
    "invoice.payment_failed",
    "customer.updated",
    "invoice.payment_action_required",
    "customer.subscription.deleted",
)
EVIL = 'Fern<img src=x onerror=alert(1)>hill <a href="https://evil.example/pay">Pay here</a> evil.example'
NEARLY = 1_000_000
"""Bytes of an event that SQS just takes; ingest refuses one of `TOO_MUCH`."""
TOO_MUCH = 1_100_000
DICE = random.Random(11)  # noqa: S311 - the same day each time


def calm(seconds: float) -> Iterator[Post]:
    """Each calm account lives through the story once, at even distances."""
    for number, account in enumerate(CALM):
        for step, name in enumerate(STORY):
            at = BEGAN + (step + number / len(CALM)) * seconds / len(STORY)
            event = samples.fresh(name, int(at), f"evt_{account}_{step}", account)
            text = json.dumps(samples.renamed(event, account[5:])).replace(
                "@example.com", f"@{account[5:]}.example.com"
            )
            yield Post(at, account, json.loads(text))


def hostile(seconds: float, a_second: int) -> Iterator[Post | Planted]:
    """What the hostile account sends, `a_second` requests a second, and what it tries in others' names."""
    kinds = (_poison, _unknown_price, _evil_name, _unknown_price, _evil_mail)
    for number in range(int(seconds * a_second)):
        at = BEGAN + number / a_second
        if number % 10 == 0:
            forged = samples.fresh("customer.deleted", int(at), f"evt_forged_{number}", CALM[0])
            yield Post(at, HOSTILE, samples.renamed(forged, CALM[0][5:]), forged=True)
        elif number % 25 == 1:
            planted = samples.fresh("customer.deleted", int(at), f"evt_planted_{number}", CALM[1])
            yield Planted(at, HOSTILE, json.dumps(samples.renamed(planted, CALM[1][5:])))
        elif number % 50 == 2:
            yield Post(at, HOSTILE, _huge(number, int(at)))
            yield Post(at, HOSTILE, _huge(number, int(at), TOO_MUCH))
        else:
            yield Post(at, HOSTILE, kinds[number % len(kinds)](number, int(at)))


def _sample(name: str, number: int, at: int) -> dict[str, Any]:
    return samples.renamed(samples.fresh(name, at, f"evt_hostile_{number}", HOSTILE), f"h{number}")


def _poison(number: int, at: int) -> dict[str, Any]:
    event = _sample("invoice.payment_failed", number, at)
    return event | {"data": {"object": event["data"]["object"] | {"amount_remaining": "a fortune"}}}


def _unknown_price(number: int, at: int) -> dict[str, Any]:
    event = _sample("customer.subscription.created", number, at)
    obj = event["data"]["object"]
    (item,) = obj["items"]["data"]
    price = {"id": f"price_evil.example/{number}", "recurring": {"interval": "month"}}
    return event | {"data": {"object": obj | {"items": {"data": [item | {"price": price}], "has_more": False}}}}


def _evil_name(number: int, at: int) -> dict[str, Any]:
    event = _sample("customer.created", number, at)
    return event | {"data": {"object": event["data"]["object"] | {"name": EVIL, "email": "victim@example.org"}}}


def _evil_mail(number: int, at: int) -> dict[str, Any]:
    event = _sample("invoice.payment_failed", number, at)
    changes = {
        "customer_name": EVIL,
        "customer_email": "victim@example.org",
        "hosted_invoice_url": "https://evil.example",
    }
    return event | {"data": {"object": event["data"]["object"] | changes}}


def _huge(number: int, at: int, size: int = NEARLY) -> dict[str, Any]:
    event = _sample("customer.updated", number, at)
    padding = "".join(DICE.choices("abcdefghijklmnopqrstuvwxyz0123456789", k=size))
    return event | {"data": {"object": event["data"]["object"] | {"description": padding}}}
