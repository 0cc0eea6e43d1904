"""Books that no event contains are read at Stripe and return as an event; Stripe's failures are waited out."""

import json
import socket
from functools import partial

import pytest
import stripe

from functions.consumer.message import read_message
from functions.consumer.routes import ROUTES
from functions.effects.perform.observer import TIMEOUTS, observation_message
from functions.ingest.stripe_event import parse_event
from shared.failures.errors import Misconfigured, Retryable
from shared.failures.kinds import failure_of
from shared.messages.envelope import group_of
from shared.stripe_objects.event import read_event
from shared.values.platform import PLATFORM
from tests.consumer.examples import NOW, sqs_record, stripe_event
from tests.consumer.tables import property_of
from tests.effects.at_stripe import ANN, Around, Stripe, asking


def test_a_customer_is_read_in_its_account_and_put_into_the_line(api: Stripe, around: Around) -> None:
    assert around.observer().observe(asking()) == "observed"
    assert api.asked == [("/v1/customers/cus_1", "acct_1", "Bearer rk_test_1")]
    (sent,) = around.sent
    assert (sent["QueueUrl"], sent["MessageDeduplicationId"]) == ("url of the line", asking().name)


def test_a_customer_of_the_platform_is_read_without_an_account(api: Stripe, around: Around) -> None:
    around.observer().observe(asking(PLATFORM))
    assert api.asked == [("/v1/customers/cus_1", None, "Bearer rk_test_1")]


def test_a_connected_account_itself_is_asked_of_the_platform(api: Stripe, around: Around) -> None:
    api.body = {"id": "acct_1", "object": "account", "email": "june@example.com"}
    around.observer().observe(asking(object_="account"))
    assert api.asked == [("/v1/accounts/acct_1", None, "Bearer rk_test_1")]


@pytest.mark.parametrize("account", ["acct_1", PLATFORM])
@pytest.mark.parametrize("object_", ["customer", "account"])
def test_what_was_read_is_an_event_like_any_other_as_of_the_second_it_was_read(
    api: Stripe, around: Around, account: str, object_: str
) -> None:
    api.body = ANN if object_ == "customer" else {"id": account, "object": "account"}
    around.observer().observe(asking(account, object_))
    body = around.sent[0]["MessageBody"]
    message, event = read_message(sqs_record(body)), read_event(body)
    assert (message.event_id, message.account, message.own) == (asking(account, object_).name, account, True)
    assert (event.type, event.created, event.account) == (f"observed.{object_}", NOW, account)
    assert event.object == api.body
    assert event.type in ROUTES


@pytest.mark.parametrize("by_customer", [False, True], ids=["by account", "by customer"])
@pytest.mark.parametrize("account", ["acct_1", None], ids=["connected", "platform"])
@pytest.mark.usefixtures("api")
def test_it_stands_in_the_same_line_as_its_customers_events(
    around: Around, account: str | None, *, by_customer: bool
) -> None:
    events = parse_event(json.dumps(stripe_event(account=account)).encode())
    around.observer(by_customer=by_customer).observe(asking(account or PLATFORM))
    assert around.sent[0]["MessageGroupId"] == group_of(events, "customer" if by_customer else "account")


@pytest.mark.usefixtures("api")
def test_an_account_of_its_own_stands_in_no_customers_line(around: Around) -> None:
    around.observer(by_customer=True).observe(asking(object_="account"))
    assert around.sent[0]["MessageGroupId"] == "acct_1"


def test_asking_twice_for_one_event_is_one_message_and_for_another_event_another() -> None:
    other = asking().model_copy(update={"event": "evt_2"})
    assert asking().name == asking().name != other.name
    assert json.loads(observation_message(asking(), ANN, NOW))["id"] == asking().name


@pytest.mark.parametrize("status", [429, 500, 503])
def test_stripe_in_trouble_is_tried_again_later(api: Stripe, around: Around, status: int) -> None:
    api.status, api.body = status, {"error": {"message": "try later"}}
    with pytest.raises(Retryable):
        around.observer().observe(asking())
    assert around.sent == []


@pytest.mark.parametrize("status", [403, 404])
def test_what_stripe_does_not_show_is_an_outcome(api: Stripe, around: Around, status: int) -> None:
    api.status, api.body = status, {"error": {"message": "no"}}
    assert around.observer().observe(asking()) == "unanswered"
    assert around.sent == []


def test_a_stripe_that_does_not_answer_is_tried_again_later(around: Around, monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as muted:
        url = f"http://127.0.0.1:{muted.getsockname()[1]}"
        monkeypatch.setattr("functions.effects.perform.observer.TIMEOUTS", (0.05, 0.05))
        monkeypatch.setattr(stripe, "StripeClient", partial(stripe.StripeClient, base_addresses={"api": url}))
        with pytest.raises(Retryable, match="APIConnectionError"):
            around.observer().observe(asking())


def test_waiting_for_stripe_and_its_one_retry_fit_in_the_time_that_the_function_has() -> None:
    assert 2 * sum(TIMEOUTS) < property_of("EffectsFunction", "Timeout")


def test_the_key_is_fetched_once(api: Stripe, around: Around) -> None:
    observer = around.observer()
    assert {observer.observe(asking()), observer.observe(asking())} == {"observed"}
    assert (around.fetched, len(api.asked)) == (1, 2)


def test_a_key_that_was_rolled_is_fetched_again_for_the_next_try(api: Stripe, around: Around) -> None:
    observer = around.observer()
    observer.observe(asking())
    api.status, answer, api.body = 401, api.body, {"error": {"message": "Expired API Key"}}
    with pytest.raises(Misconfigured, match="stripe_key") as refused:
        observer.observe(asking())
    assert failure_of(refused.value).kind == "deployment"
    around.key, api.status, api.body = "rk_test_2", 200, answer
    assert observer.observe(asking()) == "observed"
    assert [key for _, _, key in api.asked][-1] == "Bearer rk_test_2"


def test_without_a_key_nothing_is_asked_until_there_is_one(api: Stripe, around: Around) -> None:
    around.key, observer = "none", around.observer()
    assert observer.observe(asking()) == "no key"
    assert (api.asked, around.sent) == ([], [])
    around.key = "sk_test_1"
    assert observer.observe(asking()) == "observed"
