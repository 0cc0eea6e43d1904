"""All items of a subscription are read at Stripe page by page, within limits; the operator hears of failures."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import partial
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import stripe

from functions.consumer.message import read_message
from functions.consumer.routes import ROUTES
from functions.effects.perform import stripe_reader
from functions.effects.perform.observer import TIMEOUTS, Observer
from functions.effects.perform.stripe_reader import LONGEST, MOST_PAGES, PAGE
from shared.effects.email import Email
from shared.effects.observe import Observe
from shared.failures.errors import Misconfigured, Permanent, Retryable
from shared.stripe_objects.event import read_event
from shared.stripe_objects.objects import read
from shared.stripe_objects.subscriptions import Subscription
from tests.consumer.examples import KEYS, NOW, mail, sqs_record
from tests.consumer.tables import property_of
from tests.consumer.world import World
from tests.effects.owed_effects import UNREACHABLE, Fails, owe
from tests.support.samples import sample
from tests.support.stripe_http import StripeHandler, serving

SHOWN = sample("customer.subscription.created").object
ASKED = Observe(object="subscription", account="acct_1", id=SHOWN["id"], event="evt_1", customer=SHOWN["customer"])
INCOMPLETE: Email = mail("items_incomplete:sub_1").model_copy(
    update={"template": "items_incomplete", "audience": "operator", "to": None}
)


@pytest.fixture(scope="module")
def engine() -> str:
    return "moto"


@dataclass
class Stripe:
    """A subscription with `count` items: it embeds ten, and lists them in pages. `status` is of the list alone."""

    count: int = 12
    status: int = 200
    padding: str = ""
    asked: list[tuple[str, str | None]] = field(default_factory=list)

    def answer(self, path: str) -> tuple[int, Any]:
        url = urlsplit(path)
        items = [
            {**SHOWN["items"]["data"][0], "id": f"si_{n}", "metadata": {"n": self.padding}} for n in range(self.count)
        ]
        if url.path == f"/v1/subscriptions/{SHOWN['id']}":
            embedded = {"object": "list", "data": items[:10], "has_more": self.count > 10}
            return 200, {**SHOWN, "items": embedded, "status": "past_due"}
        asked = {name: values[0] for name, values in parse_qs(url.query).items()}
        assert (url.path, asked["subscription"]) == ("/v1/subscription_items", SHOWN["id"])
        first = int(asked["starting_after"].removeprefix("si_")) + 1 if "starting_after" in asked else 0
        last = first + int(asked["limit"])
        page = {"object": "list", "url": url.path, "data": items[first:last], "has_more": last < self.count}
        return self.status, page if self.status == 200 else {"error": {"message": "no"}}


@pytest.fixture
def api(monkeypatch: pytest.MonkeyPatch) -> Iterator[Stripe]:
    answers = Stripe()

    class Answers(StripeHandler):
        def _answer(self) -> None:
            answers.asked.append((self.path, self.headers.get("Stripe-Account")))
            status, body = answers.answer(self.path)
            self.respond(status, json.dumps(body))

        do_GET = _answer  # noqa: N815 - http.server's name

    with serving(Answers) as url:
        monkeypatch.setattr(stripe, "StripeClient", partial(stripe.StripeClient, base_addresses={"api": url}))
        yield answers


@dataclass
class Line:
    """The secret, and the FIFO queue."""

    sent: list[dict[str, Any]] = field(default_factory=list)

    def get_secret_value(self, **_: str) -> dict[str, str]:
        return {"SecretString": "rk_test_1"}

    def send_message(self, **kwargs: object) -> None:
        self.sent.append(kwargs)

    def observer(self, *, by_customer: bool = False) -> Observer:
        return Observer(self, "stripe-api-key", self, "url of the line", KEYS, by_customer, None, lambda: NOW + 0.7)  # type: ignore[arg-type] # they do as clients


@pytest.fixture
def line() -> Line:
    return Line()


@pytest.mark.parametrize(("count", "pages"), [(12, 1), (PAGE, 1), (PAGE + 1, 2), (MOST_PAGES * PAGE, MOST_PAGES)])
def test_all_items_are_read_page_by_page_and_put_into_the_line_as_one_event(
    api: Stripe, line: Line, count: int, pages: int
) -> None:
    api.count = count
    assert line.observer().observe(ASKED) == "observed"
    assert [account for _, account in api.asked] == ["acct_1"] * (1 + pages)
    (sent,) = line.sent
    message, event = read_message(sqs_record(sent["MessageBody"])), read_event(sent["MessageBody"])
    assert (event.type, event.created, event.account, message.own) == ("observed.subscription", NOW, "acct_1", True)
    assert event.type in ROUTES
    whole = read(Subscription, event.object)
    assert (len(whole.items), whole.has_more, whole.status) == (count, False, "past_due")
    assert event.subject == SHOWN["customer"]


def test_more_than_that_is_an_outcome(api: Stripe, line: Line) -> None:
    api.count = MOST_PAGES * PAGE + 1
    assert line.observer().observe(ASKED) == "too many items"
    assert (len(api.asked), line.sent) == (1 + MOST_PAGES, [])


def test_so_are_items_that_no_message_holds(api: Stripe, line: Line) -> None:
    api.count, api.padding = 3 * PAGE, "\u00fc" * 1000
    assert line.observer().observe(ASKED) == "too many items"
    assert line.sent == []


@pytest.mark.parametrize("status", [403, 404])
def test_items_that_stripe_does_not_show_are_an_outcome(api: Stripe, line: Line, status: int) -> None:
    api.status = status
    assert line.observer().observe(ASKED) == "unanswered"
    assert line.sent == []


@pytest.mark.parametrize(("status", "error"), [(401, Misconfigured), (429, Retryable), (500, Retryable)])
def test_items_that_stripe_cannot_show_now_are_asked_for_again(
    api: Stripe, line: Line, status: int, error: type[Exception]
) -> None:
    api.status = status
    with pytest.raises(error):
        line.observer().observe(ASKED)
    assert line.sent == []


@pytest.mark.usefixtures("api")
def test_it_stands_in_its_customers_line(line: Line) -> None:
    for by_customer in (False, True):
        line.observer(by_customer=by_customer).observe(ASKED)
    assert [sent["MessageGroupId"] for sent in line.sent] == ["acct_1", f"acct_1#{SHOWN['customer']}"]


def test_pages_that_come_slowly_are_begun_anew_later(api: Stripe, line: Line, monkeypatch: pytest.MonkeyPatch) -> None:
    api.count = PAGE + 1
    monkeypatch.setattr(stripe_reader, "LONGEST", -1.0)
    with pytest.raises(Retryable, match="stripe_slow"):
        line.observer().observe(ASKED)
    assert line.sent == []


def test_the_last_page_fits_in_the_time_that_the_function_has() -> None:
    # The subscription, the pages, and one more page that Stripe answers at its retry's last moment.
    assert 2 * sum(TIMEOUTS) + LONGEST + 2 * sum(TIMEOUTS) <= property_of("EffectsFunction", "Timeout")


def test_the_operator_is_not_told_of_items_that_are_on_their_way(world: World) -> None:
    owe(world, INCOMPLETE, ASKED)
    assert world.work("mails").state == "waits"
    assert world.work("effects").outcomes == ("observed",)
    assert world.work("mails").outcomes == ("overtaken",)
    assert world.services.mails == []


@pytest.mark.parametrize("outcome", ["no key", "unanswered", "too many items"])
def test_the_operator_is_told_of_items_that_are_not_to_be_had(
    world: World, outcome: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(world.services, "observe", lambda _effect: outcome)
    monkeypatch.setattr("functions.effects.perform.perform.why_not", lambda *_: None)
    owe(world, INCOMPLETE, ASKED)
    world.work("effects")
    assert world.work("mails").outcomes == ("sent",)


def test_nor_does_that_mail_wait_for_a_look_that_was_given_up(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    given_up = Fails(world.services.observe, [UNREACHABLE, Permanent("not_for_us")])
    monkeypatch.setattr(world.services, "observe", given_up)
    monkeypatch.setattr("functions.effects.perform.perform.why_not", lambda *_: None)
    owe(world, INCOMPLETE, ASKED)
    assert world.work("effects").state == "waits"
    assert world.work("mails").state == "waits"
    world.clock.now += 3600
    assert world.work("effects").state == "failed"
    assert world.work("mails").outcomes == ("sent",)
