"""In every failure the effects worker neither logs nor stores in the inbox anything personal."""

import json
import re
from functools import partial
from typing import Any

import pytest
import stripe

from functions.effects import wiring
from functions.effects.mails import mailer
from shared.failures.kinds import failure_of
from tests.leaks.answering import answering
from tests.leaks.canaries import with_canaries
from tests.leaks.captured_output import call
from tests.leaks.faults import FAULTS, Fault, bug, refused
from tests.leaks.system import EVERY_FAULT, System
from tests.prove.moto_cloud import Queue, Sent

LEAVING = ("customer.created", "customer.subscription.created", "invoice.paid", "customer.subscription.deleted")
FAILED = "invoice.payment_failed"
"""It owes a reminder, an announcement and a mail."""


def owed(system: System, name: str = FAILED) -> dict[Queue, Sent]:
    """The messages of both lanes once the sample is committed; the worker of the effects would hand the mails on."""
    assert system.deliver(with_canaries(name, system.canaries)) == "committed"
    (sent,) = system.moto_cloud.handed_over()
    return {queue: Sent(queue, sent.body) for queue in ("effects", "mails")}


def test_neither_a_farewell_with_its_link_nor_an_erasure_is_heard(system: System) -> None:
    for name in LEAVING:
        assert not {"failed", "silent"} & set(system.settle(with_canaries(name, system.canaries)))
    for _ in ("farewell", "erasure"):
        (name,) = system.moto_cloud.schedules()
        message = system.moto_cloud.fire(name)
        system.each_call(json.loads(message), lambda _call: EVERY_FAULT)
        assert "performed" in system.settle(json.loads(message))
    (token,) = {
        found for mail in system.moto_cloud.snapshot().mails for found in re.findall(r"/exports/([\w-]{43})", mail)
    }
    assert system.leaks() == set()
    assert not [said for said in system.said if token in said]


def test_nor_is_a_mail_whose_record_can_no_longer_be_read(system: System) -> None:
    message = owed(system)["mails"]
    spoil(system, "BOOKS_TABLE", "mail", json.dumps({"to": [system.canaries.all()], "key": system.canaries.all()}))
    assert system.perform(message) == "waits"
    assert "ValidationError unexpected" in system.said[-1]
    assert system.leaks() == set()


def test_nor_is_an_outbox_that_can_no_longer_be_read(system: System) -> None:
    message = owed(system)["effects"]
    spoilt = json.dumps([{"kind": "remind", "remind": system.canaries.all()}])
    spoil(system, "INBOX_TABLE", "outbox", spoilt)
    assert system.perform(message) == "silent"
    assert system.canaries.heard_in(system.said[-2]) == set()
    assert "ValidationError at " in system.said[-2]


def spoil(system: System, table: str, attribute: str, value: str) -> None:
    """Every item of the table that has the attribute says `value` now."""
    for item in system.moto_cloud._table(table).all_items():  # noqa: SLF001 - moto's, to spoil what lies in it
        if attribute in item.attrs:
            item.attrs[attribute].value = value


@pytest.mark.parametrize("body", ["{}", '"{}"', '{{"{}": "{}"', '{{"event": ["{}"]}}', '{{"event": {{"{}": 1}}}}'])
def test_nor_is_a_body_that_names_no_event(system: System, body: str) -> None:
    canary = system.canaries.new("a body")
    for queue in ("effects", "mails"):
        assert system.perform(Sent(queue, body.format(canary, canary))) == "unreadable"
    assert system.leaks() == set()


@pytest.mark.parametrize("fault", FAULTS)
def test_nor_is_what_rendering_a_mail_raises(system: System, monkeypatch: pytest.MonkeyPatch, fault: Fault) -> None:
    message = owed(system)["mails"]
    monkeypatch.setattr(mailer, "render", lambda *_: fault("render", system.canaries.all()))
    assert system.perform(message) == "waits"
    assert system.leaks() == set()
    assert "unexpected at functions.effects." in system.said[-1] or "EndpointConnectionError" in system.said[-1]


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("queue", ["effects", "mails"])
def test_nor_is_what_a_lane_is_given_up_for(system: System, queue: Queue, fault: Fault) -> None:
    message = owed(system)[queue]
    operations = {"SendEmail"} if queue == "mails" else {"CreateSchedule", "PutEvents"}
    ends = {("mails", "refused"): "performed", ("mails", "unreachable"): "waits"}
    states = set()
    for _ in range(10):
        system.faulty_calls.operations = operations
        states.add(system.perform(message, fault, lasting=100))
        system.runner.clock.now += 6 * 3600
    system.faulty_calls.operations = set()
    assert ends.get((queue, fault.__name__), "failed") in states
    assert system.leaks() == set()


@pytest.mark.usefixtures("at_debug")
def test_at_debug_no_library_says_a_mail_or_a_customer(system: System) -> None:
    for name in LEAVING:
        system.settle(with_canaries(name, system.canaries))
    (farewell,) = system.moto_cloud.schedules()
    assert "performed" in system.settle(json.loads(system.moto_cloud.fire(farewell)))
    assert system.leaks() == set()


@pytest.mark.usefixtures("at_debug")
@pytest.mark.parametrize("status", [200, 401])
def test_at_debug_stripes_sdk_says_neither_its_answer_nor_its_key(
    system: System, monkeypatch: pytest.MonkeyPatch, status: int
) -> None:
    test_nor_is_what_stripe_answers_or_the_key_it_is_asked_with(system, monkeypatch, status)


@pytest.mark.parametrize("status", [200, 400, 401, 404, 429, 500, 0])
def test_nor_is_what_stripe_answers_or_the_key_it_is_asked_with(
    system: System, monkeypatch: pytest.MonkeyPatch, status: int
) -> None:
    system.keep_secret("STRIPE_KEY_ID", f"rk_live_{system.canaries.new('the API key')}")
    message = owed(system, "customer.subscription.created")["effects"]
    address = system.canaries.new("an address at Stripe")
    quoted = {"email": {address: address}, "error": {"message": f"No such customer: {system.canaries.all()}"}}
    with answering(status, json.dumps(quoted)) as url:
        client = stripe.StripeClient
        monkeypatch.setattr(
            stripe, "StripeClient", lambda key, **_: client(key, base_addresses={"api": url}, max_network_retries=0)
        )
        assert system.perform(message) in {"performed", "waits"}
    observed = system.moto_cloud.own()
    assert len(observed) == (status == 200)
    for name in observed:
        assert system.deliver(json.loads(system.moto_cloud.fire(name))) == "failed"
    assert system.leaks() == set()


def test_a_setting_that_is_missing_is_named_without_the_others(system: System) -> None:
    secret = system.canaries.new("a secret of the environment")
    environ = {"AWS_SECRET_ACCESS_KEY": secret, "LIVEMODE": system.canaries.new("a setting")}
    _, said = call(partial(wiring.build, environ), {})
    assert "mails_queue_url" in said
    assert system.canaries.heard_in(said) == set()


def test_an_address_that_is_logged_would_be_heard(system: System, monkeypatch: pytest.MonkeyPatch) -> None:
    message = owed(system)["mails"]
    monkeypatch.setattr(mailer, "render", lambda mail, *_rest: print(mail.to))  # noqa: T201 - the fault to be found
    system.perform(message)
    assert system.leaks() == {"data.object.customer_email"}


@pytest.mark.parametrize("fault", [refused, bug])
def test_an_error_that_is_recorded_with_its_message_would_be_heard(
    system: System,
    monkeypatch: pytest.MonkeyPatch,
    fault: Any,  # noqa: ANN401 - one of two functions
) -> None:
    message = owed(system)["mails"]
    monkeypatch.setattr("functions.effects.lane.retry.failure_of", _talkative_failure)
    system.faulty_calls.operations = {"GetItem"}
    system.perform(message, fault, lasting=100)
    system.faulty_calls.operations = set()
    assert "data.object.customer_email" in system.leaks()


def _talkative_failure(error: BaseException) -> Any:  # noqa: ANN401 - a failure
    failure = failure_of(error)
    return type(failure)(f"{failure.error}: {error}", failure.code, failure.where, failure.kind)
