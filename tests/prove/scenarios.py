"""The scenarios of the crash matrix: the sample events, and every message that Billhook sends itself after one."""

import heapq
import json
import math
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

from functions.consumer.routes import ROUTES
from functions.effects.perform.scheduler import reminder_message
from shared.effects.remind import Remind
from shared.values.platform import PLATFORM
from shared.values.times import DAY
from tests.prove.matrix import Matrix
from tests.prove.runner import Arrival, Runner
from tests.support.samples import EVENTS, NAMES

SOON = 5
"""Seconds between an event and its delivery."""

SAMPLES: dict[str, dict[str, Any]] = {name: json.loads((EVENTS / f"{name}.json").read_text()) for name in NAMES}
ROUTED = sorted(
    (name for name in NAMES if SAMPLES[name]["type"] in ROUTES), key=lambda name: (SAMPLES[name]["created"], name)
)
"""The samples that have a handler, in the order in which they happened."""
STORY = [name for name in ROUTED if SAMPLES[name]["type"] == name]
"""The story of Fernhill Studio."""
VARIANTS = [name for name in ROUTED if name not in STORY]
"""The other samples: variants of the story (events/README.md)."""

BEFORE_LEAVING = (
    "customer.created",
    "customer.subscription.created",
    "payment_intent.succeeded",
    "invoice_payment.paid",
    "invoice.paid",
    "checkout.session.completed",
    "payment_intent.succeeded.order",
    "charge.refunded.subscription",
    "charge.refunded",
)
"""The events before a customer leaves: they leave records, payments of both kinds, events and mails."""

AT_STRIPE = {
    SAMPLES[name]["data"]["object"]["id"]: SAMPLES[name]["data"]["object"]
    for name in ("customer.created", "account.updated")
}
"""Stripe's objects of the customer and the account that many samples name, by id."""
ELEVEN = SAMPLES["customer.subscription.updated.eleven_items"]["data"]["object"]
SHOWN = ELEVEN["items"]["data"]
ALL_ELEVEN = {"object": "list", "data": [*SHOWN, {**SHOWN[-1], "id": "si_11"}], "has_more": False}
AT_STRIPE[ELEVEN["id"]] = {**ELEVEN, "items": ALL_ELEVEN}
BOUGHT = SAMPLES["checkout.session.completed"]["data"]["object"]
LINE = {"price": {"id": "price_1", "product": "prod_1"}, "quantity": 2, "amount_total": 8400, "currency": "usd"}
AT_STRIPE[BOUGHT["id"]] = {
    "object": "order_lines",
    "id": BOUGHT["id"],
    "customer": BOUGHT["customer"],
    "lines": [LINE],
    "more": False,
}


def in_order(matrix: Matrix) -> None:
    """The story, with Billhook's own messages as they come due."""
    for arrival in _story(matrix.runner):
        matrix.try_all(arrival)


def at_its_time(name: str) -> Callable[[Matrix], None]:
    """The scenario of a variant at its own time in the story, with the messages that follow."""

    def scenario(matrix: Matrix) -> None:
        for arrival in _story(matrix.runner, (SAMPLES[name]["created"], name)):
            matrix.runner.run(arrival)
        _with_what_follows(matrix, of_stripe(name))

    return scenario


def _story(runner: Runner, end: tuple[float, str] = (math.inf, "")) -> Iterator[Arrival]:
    """Each message of the story before `end`, Billhook's own among them; the caller runs it before the next."""
    agenda: list[tuple[float, str]] = [(SAMPLES[name]["created"], name) for name in STORY]
    heapq.heapify(agenda)
    while agenda and agenda[0] < end:
        _, name = heapq.heappop(agenda)
        known = set(runner.moto_cloud.own())
        yield of_stripe(name) if name in SAMPLES else _of_ours(runner, name, "in the story")
        for new, message in runner.moto_cloud.own().items():
            if new not in known:
                heapq.heappush(agenda, (max(message["created"], runner.clock.now), new))


def asked_at_stripe(matrix: Matrix) -> None:
    """The worker reads at Stripe what no event contains: two addresses, an eleventh item, and the lines of an order."""
    matrix.runner.at_stripe = AT_STRIPE
    names = ("charge.refunded", "payout.failed", "customer.subscription.updated.eleven_items")
    for name in (*names, "checkout.session.completed"):
        with matrix.runner.rolled_back():
            _with_what_follows(matrix, of_stripe(name))
    matrix.runner.at_stripe = {}


def one(name: str) -> Callable[[Matrix], None]:
    """The scenario of a single sample, with the messages that follow."""
    return lambda matrix: _with_what_follows(matrix, of_stripe(name))


trial = one("customer.subscription.created.trialing")
"""A trial begins, and its end comes near."""

by_hand = one("invoice.finalized.send_invoice")
"""The customer pays an invoice by hand, and its due date passes."""


def customer_leaves(matrix: Matrix) -> None:
    """A customer's only subscription ends: a farewell with an export, and an erasure thirty days later.

    Or before that, because a person asks for it; or a person asks for the export again.
    """
    for name in BEFORE_LEAVING:
        matrix.runner.run(of_stripe(name))
    ended = of_stripe("customer.subscription.deleted")
    with matrix.runner.rolled_back():
        _with_what_follows(matrix, ended)
    matrix.runner.run(ended)
    customer = json.loads(ended.body)["data"]["object"]["customer"]
    with matrix.runner.rolled_back():
        _with_what_is_asked(matrix, "farewell.asked", customer)
    _with_what_is_asked(matrix, "erasure.asked", customer)


def guest_leaves(matrix: Matrix) -> None:
    """A guest buys, and is erased on the date of the order, or before that because a person asks for it."""
    for name in ("payment_intent.succeeded.order", "charge.refunded"):
        matrix.runner.run(_of_guest(name))
    bought = _of_guest("checkout.session.completed")
    with matrix.runner.rolled_back():
        _with_what_follows(matrix, bought)
    matrix.runner.run(bought)
    _with_what_is_asked(matrix, "erasure.guest_asked", json.loads(bought.body)["data"]["object"]["id"])


def _with_what_is_asked(matrix: Matrix, type_: str, whom: str) -> None:
    at = int(matrix.runner.clock.now)
    asked = Remind(type=type_, at=at, about=whom, account=PLATFORM, customer=whom)
    message = reminder_message(asked, livemode=True)
    _with_what_follows(matrix, Arrival(asked.type, _handler(message), json.dumps(message), at))


def _of_guest(name: str) -> Arrival:
    return of_stripe(name, data={"object": SAMPLES[name]["data"]["object"] | {"customer": None}})


def account_leaves(matrix: Matrix) -> None:
    """A connected account leaves just after its customer's farewell and export; all its data is erased."""
    moto_cloud, left = matrix.runner.moto_cloud, SAMPLES["account.application.deauthorized"]
    for name in (*BEFORE_LEAVING, "customer.subscription.deleted"):
        matrix.runner.run(of_stripe(name, account=left["account"]))
    for name in tuple(moto_cloud.own()):
        matrix.runner.run(_of_ours(matrix.runner, name, "of an account"))
    _with_what_follows(matrix, of_stripe(left["type"], created=int(matrix.runner.clock.now)))


def plan_is_given(matrix: Matrix) -> None:
    """A customer gets a plan for a time, which ends by itself or is revoked; then new rules change the access item."""
    for name in BEFORE_LEAVING:
        matrix.runner.run(of_stripe(name))
    given = _about_a_grant(matrix, "grant.given", plan="agency", until=int(matrix.runner.clock.now) + DAY)
    with matrix.runner.rolled_back():
        _with_what_follows(matrix, given)
    matrix.runner.run(given)
    with matrix.runner.rolled_back():
        _with_what_follows(matrix, _about_a_grant(matrix, "grant.revoked"))
    (policy,) = {
        str(item["policy"]) for item in matrix.runner.moto_cloud.snapshot().access.values() if "policy" in item
    }
    less = {"access": True, "plan": "studio"}
    _with_what_follows(matrix, _about_a_grant(matrix, "plans.applied", policy=policy, was=less))


def _about_a_grant(matrix: Matrix, type_: str, **fields: object) -> Arrival:
    """A message of an operator's about the customer of the samples."""
    now, customer = int(matrix.runner.clock.now), SAMPLES["customer.created"]["data"]["object"]["id"]
    why = {"why": "a friend of the house", "by": "arn:aws:iam::123456789012:user/sales"}
    obj = {"object": "grant", "id": f"grant_{type_}", "customer": customer, "created": now, **why, **fields}
    event = {"id": f"own_{type_}", "object": "event", "type": type_, "created": now, "data": {"object": obj}}
    return Arrival(type_, _handler(event), json.dumps(event), now + SOON)


def told_together(matrix: Matrix) -> None:
    """A second unknown price in one hour is counted, and a summary tells of it; then a third comes late."""
    first, second, third = (_with_price(f"price_of_tomorrow_{number}") for number in range(3))
    matrix.runner.run(first)
    _with_what_follows(matrix, second)
    for name in tuple(matrix.runner.moto_cloud.own()):
        matrix.runner.run(_of_ours(matrix.runner, name, "before the third price"))
    _with_what_follows(matrix, replace(third, at=matrix.runner.clock.now))


def _with_price(price: str) -> Arrival:
    """Somebody subscribes to a price that plans.toml does not name."""
    event = SAMPLES["customer.subscription.created"]
    obj, (item,) = event["data"]["object"], event["data"]["object"]["items"]["data"]
    items = {"data": [item | {"price": {"id": price, "recurring": {"interval": "month"}}}], "has_more": False}
    data = {"object": obj | {"id": f"sub_{price}", "customer": f"cus_{price}", "items": items}}
    return of_stripe("customer.subscription.created", id=f"evt_{price}", data=data)


def _with_what_follows(matrix: Matrix, arrival: Arrival) -> None:
    """Try a message, then each message that Billhook sends itself because of it, and so on."""
    moto_cloud = matrix.runner.moto_cloud
    known = set(moto_cloud.own())
    matrix.try_all(arrival)
    for new in sorted(moto_cloud.own().keys() - known):
        with matrix.runner.rolled_back():
            _with_what_follows(matrix, _of_ours(matrix.runner, new, f"after {arrival.name}"))


def of_stripe(name: str, **changes: object) -> Arrival:
    """A sample as Stripe sends it, but for `changes`."""
    event = SAMPLES[name] | changes
    return Arrival(name, _handler(event), json.dumps(event), event["created"] + SOON)


def _of_ours(runner: Runner, name: str, why: str) -> Arrival:
    body = runner.moto_cloud.fire(name)
    event = json.loads(body)
    return Arrival(f"{event['type']} {why}", _handler(event), body, max(event["created"], runner.clock.now) + SOON)


def _handler(event: dict[str, Any]) -> str:
    return ROUTES[event["type"]].__module__.rpartition(".")[2]
