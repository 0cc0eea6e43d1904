"""The worker looks at a Checkout session for an app, once a minute, and remembers what came of it."""

import json
from typing import Any

import pytest

from functions.consumer.decide.decide import decide
from functions.effects.perform.observer import observation_message
from shared.effects.observe import Observe
from shared.failures.errors import Misconfigured, Retryable
from shared.messages.session_refresh import SessionRefresh, refresh_body
from shared.stripe_objects.event import Event, read_event
from shared.values.platform import PLATFORM
from tests.consumer.examples import NOW
from tests.consumer.test_access_writes import take
from tests.consumer.test_session_items import session_item
from tests.consumer.world import World
from tests.effects.at_stripe import Around, Stripe
from tests.effects.invoking import Lambda
from tests.effects.records import record
from tests.support.books import BooksOf
from tests.support.samples import sample

REFRESH = SessionRefresh("acct_1", "cs_test_1")
ORDERED = sample("checkout.session.completed")


@pytest.fixture(scope="module")
def engine() -> str:
    return "moto"


def asked(worker: Lambda, sent: float = NOW) -> dict[str, Any]:
    """The worker takes a message that asks for a refresh; returns what is remembered."""
    assert worker.handle(record(sent=sent) | {"body": refresh_body(REFRESH)}) == []
    found: dict[str, Any] = worker.world.access().get(("session#acct_1#cs_test_1", "refresh"), {})
    return found


def test_a_refresh_is_an_observation_and_its_outcome_is_remembered_for_the_app(worker: Lambda) -> None:
    assert (asked(worker)["outcome"], worker.states()) == ("observed", ["refreshed"])
    (effect,) = worker.world.services.observed
    assert (effect.object, effect.account, effect.id) == ("checkout_session", "acct_1", "cs_test_1")
    assert worker.lines()[0]["outcomes"] == ["observed"]
    assert "cs_test_1" not in json.dumps(worker.lines())


def test_a_second_refresh_within_a_minute_asks_stripe_nothing(worker: Lambda) -> None:
    asked(worker)
    worker.world.clock.now += 59
    assert asked(worker)["asked_at"] == int(NOW)
    worker.world.clock.now += 1
    assert asked(worker)["asked_at"] == int(NOW) + 60
    assert len(worker.world.services.observed) == 2
    first, second = worker.world.services.observed
    assert first.name != second.name


@pytest.mark.parametrize("error", [Retryable("stripe_500"), Misconfigured("stripe_key")])
def test_a_refresh_that_stripe_refuses_is_not_retried(
    worker: Lambda, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    def refuse(_: Observe) -> str:
        raise error

    monkeypatch.setattr(worker.world.services, "observe", refuse)
    assert asked(worker)["outcome"] == "stripe failed"


def test_a_refresh_that_nobody_waits_for_any_more_is_dropped(worker: Lambda) -> None:
    worker.world.clock.now += 601
    assert asked(worker) == {}
    assert worker.world.services.observed == []


def observed(**changes: object) -> Event:
    """What a refresh of the session of an order brings, a minute after the event that has not come."""
    session = dict(ORDERED.object) | changes
    effect = Observe(object="checkout_session", account=PLATFORM, id=session["id"], event="refresh 1")
    return read_event(observation_message(effect, session, ORDERED.created + 60))


def test_what_was_seen_fulfils_the_order_and_the_late_event_repeats_nothing(world: World) -> None:
    take(world, observed())
    assert session_item(world, ORDERED)["outcome"] == "fulfilled"
    books = BooksOf()
    books.apply(decide(observed(), books))
    mails = set(books.mails)
    books.apply(decide(ORDERED, books))
    assert set(books.mails) == mails
    assert len(mails) == 1


def test_a_session_that_is_still_open_changes_nothing() -> None:
    decision = decide(observed(status="open", payment_status="unpaid"), BooksOf())
    assert (decision.save, decision.sessions, decision.then) == ((), (), ())


def test_an_event_that_says_more_than_a_refresh_stands(world: World) -> None:
    failed = sample("checkout.session.async_payment_failed")
    refresh = Observe(object="checkout_session", account=PLATFORM, id=failed.object["id"], event="refresh 1")
    later = read_event(observation_message(refresh, dict(failed.object), failed.created + 60))
    take(world, failed, later)
    assert session_item(world, failed)["outcome"] == "failed"


@pytest.mark.parametrize("customer", ["cus_1", None])
@pytest.mark.parametrize("by_customer", [True, False])
def test_a_refresh_stands_in_the_line_of_its_customer(
    api: Stripe, around: Around, customer: str | None, *, by_customer: bool
) -> None:
    api.body = {"id": "cs_test_1", "object": "checkout.session", "customer": customer}
    effect = Observe(object="checkout_session", account="acct_1", id="cs_test_1", event="refresh 1")
    assert around.observer(by_customer=by_customer).observe(effect) == "observed"
    assert api.asked[0][:2] == ("/v1/checkout/sessions/cs_test_1", "acct_1")
    assert around.sent[0]["MessageGroupId"] == ("acct_1#cus_1" if customer and by_customer else "acct_1")
