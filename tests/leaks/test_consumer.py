"""In every failure the consumer neither logs nor stores in the inbox anything personal of an event."""

import json
from functools import partial
from typing import Any

import pytest

from functions.consumer import wiring
from functions.consumer.decide import decide as deciding
from functions.consumer.decide.decide import decide
from functions.consumer.routes import ROUTES
from shared.compression.packing import pack
from shared.failures.kinds import failure_of
from shared.stripe_objects.event import read_event
from shared.stripe_objects.objects import read
from shared.stripe_objects.subscriptions import Subscription
from tests.leaks.canaries import Canaries, mutations, with_canaries
from tests.leaks.captured_output import call
from tests.leaks.faults import FAULTS, Fault, bug, refused
from tests.leaks.system import EVERY_FAULT, System
from tests.support.books import BooksOf
from tests.support.samples import NAMES, sample

ONE_OF_EACH = [name for name in NAMES if sample(name).type == name]
"""A sample of each type."""


@pytest.mark.parametrize("name", NAMES)
def test_no_sample_is_heard_whichever_call_fails(system: System, name: str) -> None:
    number = NAMES.index(name)  # so that each call of each kind meets each fault, with one sample or another
    system.each_call(
        with_canaries(name, system.canaries), lambda call: [EVERY_FAULT[(number + call) % len(EVERY_FAULT)]]
    )
    assert system.leaks() == set()


@pytest.mark.prove
@pytest.mark.parametrize("name", NAMES)
def test_no_sample_is_heard_in_any_trouble_at_any_call(system: System, name: str) -> None:
    system.each_call(with_canaries(name, system.canaries), lambda _call: EVERY_FAULT)
    assert system.leaks() == set()


@pytest.mark.parametrize("name", ONE_OF_EACH)
def test_a_field_that_is_not_as_documented_is_named_without_its_value(name: str) -> None:
    canaries = Canaries()
    event = with_canaries(name, canaries)
    said = [
        _failure(json.dumps(event | {"data": {**event["data"], "object": changed}}))
        for changed in mutations(event["data"]["object"], canaries.new("what a field was changed to"))
    ]
    assert [one for one in said if one]
    assert canaries.heard_in("\n".join(said)) == set()


def _failure(body: str) -> str:
    """What would be recorded of the event; nothing if it is in order."""
    try:
        decide(read_event(body), BooksOf())
    except Exception as error:  # noqa: BLE001 - as the consumer does
        return str(failure_of(error))
    return ""


def test_a_name_within_metadata_is_not_said() -> None:
    told = sample("customer.subscription.updated")
    with pytest.raises(Exception, match=r"^subscription_string_type at metadata$"):
        read(Subscription, {**told.object, "metadata": {"Fernhill Studio": 1}})


@pytest.mark.usefixtures("at_debug")
@pytest.mark.parametrize("name", ["customer.subscription.created", "invoice.payment_failed"])
def test_at_debug_no_library_says_a_secret_or_an_event(system: System, name: str) -> None:
    for fault in (None, *FAULTS):
        system.deliver(with_canaries(name, system.canaries), fault, first=1)
    assert system.leaks() == set()


@pytest.mark.parametrize("name", ["customer.subscription.updated", "invoice.paid", "charge.dispute.created"])
def test_an_event_that_can_never_be_processed_fails_in_silence(system: System, name: str) -> None:
    event = with_canaries(name, system.canaries)
    event["data"]["object"] |= {"id": {system.canaries.new("a name"): system.canaries.new("a value")}}
    assert system.deliver(event) == "failed"
    assert system.leaks() == set()


@pytest.mark.parametrize("field", ["id", "type", "account", "created", "livemode", "api_version", "data", "request"])
def test_nor_is_an_envelope_that_is_none(system: System, field: str) -> None:
    event, canary = with_canaries("invoice.paid", system.canaries), system.canaries.new("a word")
    for number, wrong in enumerate(([canary], {canary: canary}, {"object": canary}, {"object": [canary]})):
        system.deliver(event | {"id": f"evt_{number}"} | {field: wrong})
    assert system.leaks() == set()


@pytest.mark.parametrize(
    "body", ["{}", '"{}"', '{{"{}": "{}"', '{{"id": ["{}"]}}', "{}\ud83d", '{{"{}": NaN}}', "[" * 9**5]
)
def test_nor_is_a_body_that_is_no_event(system: System, body: str) -> None:
    canary = system.canaries.new("a body")
    system.deliver(body.format(canary, canary) if "{}" in body else body + canary)
    assert system.leaks() == set()


@pytest.mark.parametrize("fault", FAULTS)
def test_nor_is_what_a_handler_raises_however_often(
    system: System, monkeypatch: pytest.MonkeyPatch, fault: Fault
) -> None:
    event = with_canaries("invoice.paid", system.canaries)
    quoted = f"{system.canaries.all()} {json.dumps(event)}"
    monkeypatch.setattr(deciding, "ROUTES", dict.fromkeys(ROUTES, lambda *_: fault("a handler", quoted)))
    system.deliver(event)
    assert system.leaks() == set()
    assert len(system.said[0].splitlines()) == 1


def test_nor_is_a_record_that_can_no_longer_be_read(system: System) -> None:
    event = with_canaries("invoice.paid", system.canaries)
    assert system.deliver(event) == "committed"
    table = system.moto_cloud._table("BOOKS_TABLE")  # noqa: SLF001 - moto's, to spoil what lies in it
    for item in table.all_items():
        if "record" in item.attrs:
            spoilt = json.dumps({"account": [system.canaries.all()], "subject": system.canaries.all()})
            item.attrs["record"].value = pack(spoilt)
    states = [system.deliver(event | {"id": "evt_2"}) for _ in range(8)]
    assert (states[0], states[-1]) == ("retry", "failed")
    assert system.leaks() == set()


def test_a_setting_that_is_missing_is_named_without_the_others(system: System) -> None:
    secret = system.canaries.new("a secret of the environment")
    environ = {
        "AWS_SECRET_ACCESS_KEY": secret,
        "LIVEMODE": system.canaries.new("a setting"),
        "AWS_SESSION_TOKEN": secret,
    }
    _, said = call(partial(wiring.build, environ), {})
    assert "queue_url" in said
    assert system.canaries.heard_in(said) == set()


def test_a_name_that_is_logged_would_be_heard(system: System, monkeypatch: pytest.MonkeyPatch) -> None:
    event = with_canaries("invoice.payment_failed", system.canaries)

    def talkative(event: Any, _books: Any) -> None:  # noqa: ANN401 - as a handler's
        print(event.object["customer_name"])  # noqa: T201 - the fault that is to be found
        raise KeyError

    monkeypatch.setattr(deciding, "ROUTES", dict.fromkeys(ROUTES, talkative))
    system.deliver(event)
    assert system.leaks() == {"data.object.customer_name"}


@pytest.mark.parametrize("fault", [refused, bug])
def test_an_error_that_is_recorded_with_its_message_would_be_heard(
    system: System,
    monkeypatch: pytest.MonkeyPatch,
    fault: Any,  # noqa: ANN401 - one of two functions
) -> None:
    monkeypatch.setattr("shared.failures.kinds.Failure.__str__", lambda failure: failure.error)
    monkeypatch.setattr("functions.consumer.consume.failure_of", _talkative_failure)
    system.deliver(with_canaries("invoice.payment_failed", system.canaries), fault, first=2)
    assert "data.object.customer_email" in system.leaks()


def _talkative_failure(error: BaseException) -> Any:  # noqa: ANN401 - a failure
    failure = failure_of(error)
    return type(failure)(f"{failure.error}: {error}", failure.code, failure.where, failure.kind)
