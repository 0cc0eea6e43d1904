"""The lines of a Checkout session are read at Stripe in one page, without descriptions, and come back as one event."""

import json
from collections.abc import Iterator
from functools import partial
from typing import Any
from urllib.parse import urlsplit

import pytest
import stripe

from functions.consumer.message import read_message
from functions.consumer.routes import ROUTES
from functions.effects.perform import perform
from shared.effects.observe import Observe
from shared.failures.errors import Misconfigured, Retryable
from shared.messages.mac import MAC_BYTES
from shared.stripe_objects.event import read_event
from shared.stripe_objects.objects import read
from shared.stripe_objects.order_lines import MOST_LINES, OrderLine, OrderLines
from tests.consumer.examples import sqs_record
from tests.consumer.world import World
from tests.effects.at_stripe import Around
from tests.effects.owed_effects import owe
from tests.support.stripe_http import StripeHandler, form_fields, serving

KB = 1024
ASKED = Observe(object="order_lines", account="acct_1", id="cs_test_1", event="evt_1", customer="cus_1")
GUEST = ASKED.model_copy(update={"customer": None})
PRICE = {"object": "price", "lookup_key": "k" * 200, "metadata": {"of": "June"}, "nickname": "June", "type": "one_time"}


class Shop:
    """Stripe with an order of `count` lines, and the path and the account of each question."""

    def __init__(self) -> None:
        self.count, self.status = 2, 200
        self.asked: list[tuple[str, str | None]] = []

    def answer(self, path: str, fields: dict[str, Any]) -> tuple[int, Any]:
        if self.status != 200:
            return self.status, {"error": {"message": "no"}}
        shown = range(min(self.count, int(fields["limit"])))
        data = [
            {
                "id": f"li_{number}",
                "object": "item",
                "description": "A portrait of June",
                "price": PRICE | {"id": f"price_{number}", "product": f"prod_{number}"},
                "quantity": number + 1,
                "amount_total": 1000,
                "amount_subtotal": 1200,
                "currency": "usd",
            }
            for number in shown
        ]
        return 200, {"object": "list", "url": path, "data": data, "has_more": self.count > len(data)}


@pytest.fixture
def shop(monkeypatch: pytest.MonkeyPatch) -> Iterator[Shop]:
    made = Shop()

    class Answers(StripeHandler):
        def do_GET(self) -> None:  # noqa: N802 - http.server's name
            url = urlsplit(self.path)
            made.asked.append((url.path, self.headers.get("Stripe-Account")))
            status, body = made.answer(url.path, form_fields(url.query))
            self.respond(status, json.dumps(body))

    with serving(Answers) as url:
        monkeypatch.setattr(stripe, "StripeClient", partial(stripe.StripeClient, base_addresses={"api": url}))
        yield made


def told(around: Around) -> OrderLines:
    (sent,) = around.sent
    return read(OrderLines, read_event(sent["MessageBody"]).object)


def test_the_lines_come_back_as_one_event_of_the_order(shop: Shop, around: Around) -> None:
    assert around.observer().observe(ASKED) == "observed"
    assert shop.asked == [("/v1/checkout/sessions/cs_test_1/line_items", "acct_1")]
    body = around.sent[0]["MessageBody"]
    event = read_event(body)
    assert (event.type, event.subject, read_message(sqs_record(body)).own) == ("observed.order_lines", "cus_1", True)
    assert event.type in ROUTES
    first, second = told(around).lines
    assert first == OrderLine(
        price="price_0", product="prod_0", lookup_key="k" * 200, quantity=1, amount=1000, currency="usd"
    )
    assert (second.price, second.quantity, told(around).more) == ("price_1", 2, False)


@pytest.mark.usefixtures("shop")
def test_no_description_and_no_metadata_leaves_stripe(around: Around) -> None:
    around.observer().observe(ASKED)
    assert "June" not in around.sent[0]["MessageBody"]


def test_of_more_than_a_page_the_first_lines_come_and_the_message_says_so(shop: Shop, around: Around) -> None:
    shop.count = MOST_LINES + 1
    assert around.observer().observe(ASKED) == "observed"
    assert (len(told(around).lines), told(around).more, len(shop.asked)) == (MOST_LINES, True, 1)
    assert len(around.sent[0]["MessageBody"]) + MAC_BYTES < 50 * KB


@pytest.mark.usefixtures("shop")
@pytest.mark.parametrize(
    ("asked", "by_customer", "group"),
    [
        (ASKED, True, "acct_1#cus_1"),
        (ASKED, False, "acct_1"),
        (GUEST, True, "acct_1"),
        (GUEST, False, "acct_1"),
    ],
)
def test_they_stand_in_the_same_line_as_the_sessions_events(
    around: Around, asked: Observe, group: str, *, by_customer: bool
) -> None:
    around.observer(by_customer=by_customer).observe(asked)
    assert around.sent[0]["MessageGroupId"] == group


@pytest.mark.usefixtures("shop")
def test_a_guests_lines_lie_under_the_session(around: Around) -> None:
    around.observer().observe(GUEST)
    assert read_event(around.sent[0]["MessageBody"]).subject == GUEST.owner == "cs_test_1"


@pytest.mark.parametrize("status", [403, 404])
def test_lines_that_stripe_does_not_show_are_an_outcome(shop: Shop, around: Around, status: int) -> None:
    shop.status = status
    assert (around.observer().observe(ASKED), around.sent) == ("unanswered", [])


@pytest.mark.parametrize(("status", "error"), [(401, Misconfigured), (429, Retryable), (500, Retryable)])
def test_lines_that_stripe_cannot_show_now_are_asked_for_again(
    shop: Shop, around: Around, status: int, error: type[Exception]
) -> None:
    shop.status = status
    with pytest.raises(error):
        around.observer().observe(ASKED)
    assert around.sent == []


def test_without_a_key_they_stay_unknown_and_nobody_waits(shop: Shop, around: Around) -> None:
    around.key = "none"
    assert around.observer().observe(ASKED) == "no key"
    assert (shop.asked, around.sent) == ([], [])


@pytest.mark.parametrize("asked", [ASKED, GUEST], ids=["customer", "guest"])
def test_nobody_asks_about_an_order_whose_buyer_was_erased(
    world: World, monkeypatch: pytest.MonkeyPatch, asked: Observe
) -> None:
    erased = asked.customer or asked.id
    monkeypatch.setattr(
        perform, "erased_since", lambda _store, account, whom, _ms: (account, whom) == ("acct_1", erased)
    )
    owe(world, asked)
    assert world.work("effects").outcomes == ("erased",)
    assert world.services.observed == []
