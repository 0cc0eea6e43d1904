"""All entitlements of a customer are read at Stripe page by page, and come back as the event that tells of them."""

import json
from collections.abc import Iterator
from functools import partial
from urllib.parse import urlsplit

import pytest
import stripe

from functions.effects.perform.stripe_reader import PAGE
from shared.effects.observe import Observe
from shared.stripe_objects.entitlements import Entitlements
from shared.stripe_objects.event import read_event
from shared.stripe_objects.objects import read
from tests.effects.test_observing_items import Line
from tests.support.stripe_http import StripeHandler, form_fields, serving

ASKED = Observe(object="entitlements", account="acct_1", id="cus_1", event="evt_1")


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str | None]]:
    """Stripe with 150 entitlements, and the account of each question."""
    accounts: list[str | None] = []

    class Answers(StripeHandler):
        def do_GET(self) -> None:  # noqa: N802 - http.server's name
            url = urlsplit(self.path)
            fields = form_fields(url.query)
            assert (url.path, fields["customer"]) == ("/v1/entitlements/active_entitlements", "cus_1")
            accounts.append(self.headers.get("Stripe-Account"))
            first = int(fields.get("starting_after", "ent_-1").removeprefix("ent_")) + 1
            shown = range(first, min(first + int(fields["limit"]), 150))
            data = [
                {"id": f"ent_{n}", "object": "entitlements.active_entitlement", "lookup_key": f"f{n}"} for n in shown
            ]
            page = {"object": "list", "url": url.path, "data": data, "has_more": first + PAGE < 150}
            self.respond(200, json.dumps(page))

    with serving(Answers) as url:
        monkeypatch.setattr(stripe, "StripeClient", partial(stripe.StripeClient, base_addresses={"api": url}))
        yield accounts


def test_the_whole_list_comes_back_as_one_event(asked: list[str | None]) -> None:
    line = Line()
    assert line.observer(by_customer=True).observe(ASKED) == "observed"
    (sent,) = line.sent
    event = read_event(sent["MessageBody"])
    told = read(Entitlements, event.object)
    assert (event.type, sent["MessageGroupId"]) == ("observed.entitlements", "acct_1#cus_1")
    assert (len(told.features), told.has_more, told.customer) == (150, False, "cus_1")
    assert asked == ["acct_1", "acct_1"]
