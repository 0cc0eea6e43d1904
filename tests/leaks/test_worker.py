"""Nothing personal is logged by the effects worker, or kept in the inbox, whatever it performs and whatever fails."""

import json
from functools import partial
from typing import Any

import boto3
import pytest
import stripe

from functions.effects import mailer, wiring
from shared import keys
from shared.failure import failure_of
from shared.tokens import tokens
from tests.leaks.answering import answering
from tests.leaks.house import EVERY_TROUBLE, House
from tests.leaks.listening import call
from tests.leaks.planted import planted
from tests.leaks.trouble import TROUBLES, Trouble, bug, refused
from tests.prove.stage import Queue, Sent
from tests.support.samples import sample

LEAVING = ("customer.created", "customer.subscription.created", "invoice.paid", "customer.subscription.deleted")
FAILED = "invoice.payment_failed"
"""It owes a reminder, an announcement and a mail."""


def owed(house: House, name: str = FAILED) -> dict[Queue, Sent]:
    """The messages of both lanes once the sample is committed; the worker of the effects would hand the mails on."""
    assert house.deliver(planted(name, house.canaries)) == "committed"
    (sent,) = house.stage.handed_over()
    return {queue: Sent(queue, sent.body) for queue in ("effects", "mails")}


def test_neither_a_farewell_with_its_link_nor_an_erasure_is_heard(house: House) -> None:
    for name in LEAVING:
        assert not {"failed", "silent"} & set(house.settle(planted(name, house.canaries)))
    for _ in ("farewell", "erasure"):
        (name,) = house.stage.schedules()
        message = house.stage.fire(name)
        house.each_call(json.loads(message), lambda _call: EVERY_TROUBLE)
        assert "performed" in house.settle(json.loads(message))
    gone = sample("customer.subscription.deleted")
    client = boto3.client("secretsmanager")
    token = tokens(client, house.stage.environ["TOKEN_KEY_ID"])("export", keys.partition(gone.account, gone.subject))
    assert any(token in mail for mail in house.stage.look().mails)
    assert house.leaks() == set()
    assert not [said for said in house.said if token in said]


def test_nor_is_a_mail_whose_record_can_no_longer_be_read(house: House) -> None:
    message = owed(house)["mails"]
    spoil(house, "BOOKS_TABLE", "mail", json.dumps({"to": [house.canaries.all()], "key": house.canaries.all()}))
    assert house.perform(message) == "waits"
    assert "ValidationError unexpected" in house.said[-1]
    assert house.leaks() == set()


def test_nor_is_an_outbox_that_can_no_longer_be_read(house: House) -> None:
    message = owed(house)["effects"]
    spoilt = json.dumps([{"kind": "remind", "remind": house.canaries.all()}])
    spoil(house, "INBOX_TABLE", "outbox", spoilt)
    assert house.perform(message) == "silent"
    assert house.canaries.heard_in(house.said[-2]) == set()
    assert "ValidationError at " in house.said[-2]


def spoil(house: House, table: str, attribute: str, value: str) -> None:
    """Every item of the table that has the attribute says `value` now."""
    for item in house.stage._table(table).all_items():  # noqa: SLF001 - moto's, to spoil what lies in it
        if attribute in item.attrs:
            item.attrs[attribute].value = value


@pytest.mark.parametrize("body", ["{}", '"{}"', '{{"{}": "{}"', '{{"event": ["{}"]}}', '{{"event": {{"{}": 1}}}}'])
def test_nor_is_a_body_that_names_no_event(house: House, body: str) -> None:
    canary = house.canaries.new("a body")
    for queue in ("effects", "mails"):
        assert house.perform(Sent(queue, body.format(canary, canary))) == "unreadable"
    assert house.leaks() == set()


@pytest.mark.parametrize("trouble", TROUBLES)
def test_nor_is_what_rendering_a_mail_raises(house: House, monkeypatch: pytest.MonkeyPatch, trouble: Trouble) -> None:
    message = owed(house)["mails"]
    monkeypatch.setattr(mailer, "render", lambda *_: trouble("render", house.canaries.all()))
    assert house.perform(message) == "waits"
    assert house.leaks() == set()
    assert "unexpected at functions.effects." in house.said[-1] or "EndpointConnectionError" in house.said[-1]


@pytest.mark.parametrize("trouble", TROUBLES)
@pytest.mark.parametrize("queue", ["effects", "mails"])
def test_nor_is_what_a_lane_is_given_up_for(house: House, queue: Queue, trouble: Trouble) -> None:
    message = owed(house)[queue]
    operations = {"SendEmail"} if queue == "mails" else {"CreateSchedule", "PutEvents"}
    ends = {("mails", "refused"): "performed", ("mails", "unreachable"): "waits"}
    states = set()
    for _ in range(10):
        house.troubled.operations = operations
        states.add(house.perform(message, trouble, lasting=100))
        house.theatre.clock.now += 6 * 3600
    house.troubled.operations = set()
    assert ends.get((queue, trouble.__name__), "failed") in states
    assert house.leaks() == set()


@pytest.mark.parametrize("status", [200, 400, 401, 404, 429, 500, 0])
def test_nor_is_what_stripe_answers_or_the_key_it_is_asked_with(
    house: House, monkeypatch: pytest.MonkeyPatch, status: int
) -> None:
    house.keep_secret("STRIPE_KEY_ID", f"rk_live_{house.canaries.new('the API key')}")
    message = owed(house, "customer.subscription.created")["effects"]
    address = house.canaries.new("an address at Stripe")
    quoted = {"email": {address: address}, "error": {"message": f"No such customer: {house.canaries.all()}"}}
    with answering(status, json.dumps(quoted)) as url:
        client = stripe.StripeClient
        monkeypatch.setattr(
            stripe, "StripeClient", lambda key, **_: client(key, base_addresses={"api": url}, max_network_retries=0)
        )
        assert house.perform(message) in {"performed", "waits"}
    observed = house.stage.own()
    assert len(observed) == (status == 200)
    for name in observed:
        assert house.deliver(json.loads(house.stage.fire(name))) == "failed"
    assert house.leaks() == set()


def test_a_setting_that_is_missing_is_named_without_the_others(house: House) -> None:
    secret = house.canaries.new("a secret of the environment")
    environ = {"AWS_SECRET_ACCESS_KEY": secret, "LIVEMODE": house.canaries.new("a setting")}
    _, said = call(partial(wiring.build, environ), {})
    assert "mails_queue_url" in said
    assert house.canaries.heard_in(said) == set()


def test_an_address_that_is_logged_would_be_heard(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    message = owed(house)["mails"]
    monkeypatch.setattr(mailer, "render", lambda mail, _business: print(mail.to))  # noqa: T201 - the fault to be found
    house.perform(message)
    assert house.leaks() == {"data.object.customer_email"}


@pytest.mark.parametrize("trouble", [refused, bug])
def test_an_error_that_is_recorded_with_its_message_would_be_heard(
    house: House,
    monkeypatch: pytest.MonkeyPatch,
    trouble: Any,  # noqa: ANN401 - one of two functions
) -> None:
    message = owed(house)["mails"]
    monkeypatch.setattr("functions.effects.retry.failure_of", _talkative_failure)
    house.troubled.operations = {"GetItem"}
    house.perform(message, trouble, lasting=100)
    house.troubled.operations = set()
    assert "data.object.customer_email" in house.leaks()


def _talkative_failure(error: BaseException) -> Any:  # noqa: ANN401 - a failure
    failure = failure_of(error)
    return type(failure)(f"{failure.error}: {error}", failure.code, failure.where, failure.kind)
