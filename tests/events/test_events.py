"""The sample events are what Stripe sends: measured against the classes of its own SDK, which pins the same version."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from types import NoneType
from typing import Any, ClassVar, Literal, Union, get_args, get_origin, get_type_hints

import pytest
import stripe
from stripe import ListObject, StripeObject
from stripe._stripe_object import UntypedStripeObject  # not exported, though metadata is declared as one

type Json = dict[str, Any]

FOLDER = Path(__file__).parents[2] / "events"
EVENTS = {path.stem: json.loads(path.read_bytes()) for path in sorted(FOLDER.glob("*.json"))}
BEFORE_BASIL = {path.stem: json.loads(path.read_bytes()) for path in sorted(FOLDER.glob("before_basil/*.json"))}
PATHS = sorted((*FOLDER.glob("*.json"), *FOLDER.glob("before_basil/*.json")))

CLASSES: dict[str, type[StripeObject]] = {
    cls.OBJECT_NAME: cls
    for cls in (
        stripe.Account,
        stripe.Application,
        stripe.Charge,
        stripe.Customer,
        stripe.Dispute,
        stripe.Invoice,
        stripe.InvoicePayment,
        stripe.PaymentIntent,
        stripe.Payout,
        stripe.Refund,
        stripe.Subscription,
        stripe.checkout.Session,
    )
}

# An upcoming invoice is a preview: it gets its id when it becomes a draft.
WITHOUT = {("invoice.upcoming", "invoice.id")}

# Stripe goes on sending these though its classes no longer name them; captured deliveries have them.
UNDECLARED = {
    "charge": {"destination", "dispute", "order"},
    "subscription": {"plan", "quantity"},
}

MONEY = re.compile(r"((unit_)?amount(_(?!details|decimal|excluding)\w+)?|fee|net|(sub)?total|(\w+_)?balance)")


def fields(cls: type) -> dict[str, Any]:
    """The declared fields; the SDK imports most of what they name for type checkers only."""
    names: dict[str, Any] = {}
    while True:
        try:
            hints = get_type_hints(cls, localns=names)
        except NameError as error:
            names[str(error.name)] = getattr(stripe, str(error.name), Any)
        else:
            return {n: hint for n, hint in hints.items() if get_origin(hint) is not ClassVar and not n.startswith("_")}


def faults(value: object, declared: Any, path: str) -> Iterator[str]:  # noqa: ANN401  # an annotation can be anything
    """Where a value is not what Stripe declares."""
    cls = get_origin(declared) or declared
    if cls is Union:
        yield from faults_in_union(value, get_args(declared), path)
    elif cls is Literal:
        if value not in get_args(declared):
            yield f"{path} is {value!r}"
    elif cls is list and isinstance(value, list):
        for place, element in enumerate(value):
            yield from faults(element, get_args(declared)[0], f"{path}[{place}]")
    elif cls is ListObject and isinstance(value, dict):
        yield from faults(value.get("data"), list[get_args(declared)[0]], f"{path}.data")  # type: ignore[misc]
    elif isinstance(cls, type) and issubclass(cls, StripeObject) and isinstance(value, dict):
        yield from faults_in_object(value, cls, path)
    elif cls is not Any and type(value) is not cls and cls.__name__ != "Decimal":
        yield f"{path} is {value!r}, not {declared}"


def faults_in_union(value: object, options: tuple[Any, ...], path: str) -> Iterator[str]:
    if str in options and isinstance(value, dict):
        yield f"{path} is expanded"
    elif value is None and NoneType in options:
        return
    else:
        yield from min((list(faults(value, option, path)) for option in options if option is not NoneType), key=len)


def faults_in_object(value: Json, cls: type, path: str) -> Iterator[str]:
    if issubclass(cls, UntypedStripeObject):
        return
    declared = fields(cls)
    for name, hint in declared.items():
        if name in value:
            yield from faults(value[name], hint, f"{path}.{name}")
        elif NoneType not in get_args(hint):
            yield f"{path}.{name} is missing"
    for name in value.keys() - declared.keys() - UNDECLARED.get(getattr(cls, "OBJECT_NAME", ""), set()):
        yield f"{path}.{name} is not declared"


def everything_in(value: object, name: str = "") -> Iterator[tuple[str, object]]:
    """Every value at any depth, with the name it has."""
    yield name, value
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from everything_in(inner, key)
    elif isinstance(value, list):
        for inner in value:
            yield from everything_in(inner, name)


def as_stripe_orders(value: object) -> object:
    if isinstance(value, dict):
        first = [key for key in ("id", "object") if key in value]
        return {key: as_stripe_orders(value[key]) for key in first + sorted(value.keys() - set(first))}
    return [as_stripe_orders(inner) for inner in value] if isinstance(value, list) else value


def of(event: Json) -> Json:
    found: Json = event["data"]["object"]
    return found


each_file = pytest.mark.parametrize("path", PATHS, ids=lambda path: str(path.relative_to(FOLDER)))
each_event = pytest.mark.parametrize(("name", "event"), EVENTS.items(), ids=EVENTS)


@each_file
def test_a_file_is_written_the_way_stripe_shows_an_event(path: Path) -> None:
    text = path.read_text("utf-8")
    assert text == json.dumps(as_stripe_orders(json.loads(text)), indent=2, ensure_ascii=False) + "\n"


@each_file
def test_a_file_is_named_after_the_type_of_its_event_and_at_most_one_word_more(path: Path) -> None:
    event_type = json.loads(path.read_bytes())["type"]
    assert event_type in get_args(fields(stripe.Event)["type"])
    assert re.fullmatch(re.escape(event_type) + r"(\.[a-z_]+)?", path.stem)


@each_file
def test_an_event_is_a_live_snapshot_of_one_of_the_two_versions(path: Path) -> None:
    event = json.loads(path.read_bytes())
    version = "2024-06-20" if path.parent.name == "before_basil" else stripe.api_version
    assert (event["object"], event["livemode"], event["api_version"]) == ("event", True, version)
    assert not list(faults(event, stripe.Event, "event"))


@each_event
def test_an_object_has_every_field_that_stripe_promises_and_none_that_it_does_not_know(name: str, event: Json) -> None:
    found = of(event)
    exempt = {f"{path} is missing" for event_name, path in WITHOUT if event_name == name}
    assert set(faults(found, CLASSES[found["object"]], found["object"])) == exempt


@each_file
def test_an_update_says_what_was_before_and_it_was_something_else(path: Path) -> None:
    event = json.loads(path.read_bytes())
    before = event["data"].get("previous_attributes")
    assert before or not event["type"].endswith(".updated")
    for key, was in (before or {}).items():
        assert of(event)[key] != was


@each_event
def test_only_events_of_a_connected_account_name_an_account(name: str, event: Json) -> None:
    assert ("account" in event) == name.startswith(("account.", "payout."))


def test_no_two_events_have_the_same_id() -> None:
    ids = [event["id"] for event in (*EVENTS.values(), *BEFORE_BASIL.values())]
    assert len(set(ids)) == len(ids)


@each_file
def test_every_mail_address_is_at_example_com(path: Path) -> None:
    addresses = re.findall(r"[\w.+-]+@[\w.-]+", path.read_text("utf-8"))
    assert {address.split("@")[1] for address in addresses} <= {"example.com"}


@each_file
def test_an_amount_is_a_whole_number_of_minor_units(path: Path) -> None:
    for name, value in everything_in(json.loads(path.read_bytes())):
        if MONEY.fullmatch(name):
            assert value is None or type(value) is int, name


def test_the_first_payment_is_one_story_within_one_second() -> None:
    created, paid, payment = (
        EVENTS["customer.subscription.created"],
        EVENTS["invoice.paid"],
        EVENTS["invoice_payment.paid"],
    )
    session = EVENTS["checkout.session.completed.subscription"]
    intent = EVENTS["payment_intent.succeeded"]
    assert len({event["created"] for event in (created, paid, payment, intent)}) == 1
    assert of(created)["latest_invoice"] == of(session)["invoice"] == of(paid)["id"] == of(payment)["invoice"]
    assert of(payment)["payment"]["payment_intent"] == of(intent)["id"]
    assert of(paid)["amount_paid"] == of(intent)["amount_received"] == of(session)["amount_total"]
    assert (
        of(paid)["parent"]["subscription_details"]["subscription"] == of(created)["id"] == of(session)["subscription"]
    )


def test_the_renewal_fails_and_the_subscription_ends_for_it() -> None:
    renewed, failed, past_due = (
        EVENTS[name]
        for name in ("customer.subscription.updated.renewal", "invoice.payment_failed", "customer.subscription.updated")
    )
    last, deleted = EVENTS["invoice.payment_failed.last"], EVENTS["customer.subscription.deleted"]
    story = (renewed, failed, past_due, last, deleted)
    assert [event["created"] for event in story] == sorted(event["created"] for event in story)
    assert {of(event).get("latest_invoice", of(event)["id"]) for event in story} == {of(failed)["id"]}
    assert of(failed)["next_payment_attempt"] > failed["created"]
    assert of(last)["next_payment_attempt"] is None
    assert of(deleted)["cancellation_details"]["reason"] == "payment_failed"
    assert of(deleted)["ended_at"] == deleted["created"]


def test_a_first_invoice_covers_no_time_and_an_automatic_one_has_no_due_date() -> None:
    first = of(EVENTS["invoice.paid"])
    assert first["period_start"] == first["period_end"] < first["lines"]["data"][0]["period"]["end"]
    for name, event in EVENTS.items():
        if name.startswith("invoice.") and of(event)["collection_method"] == "charge_automatically":
            assert of(event)["due_date"] is None


def test_an_order_leads_from_its_session_to_its_charge_refund_and_dispute() -> None:
    session = of(EVENTS["checkout.session.completed"])
    intent, charge = of(EVENTS["payment_intent.succeeded.order"]), of(EVENTS["charge.refunded"])
    assert session["payment_intent"] == intent["id"] == charge["payment_intent"]
    assert session["amount_total"] == intent["amount"] == charge["amount"] > charge["amount_refunded"]
    assert intent["latest_charge"] == charge["id"] == of(EVENTS["charge.refund.updated"])["charge"]
    dispute = of(EVENTS["charge.dispute.created"])
    assert (dispute["charge"], dispute["payment_intent"]) == (charge["id"], intent["id"])
    assert "customer" not in dispute


def _twins(prefix: str) -> list[tuple[Json, Json]]:
    """Each event in the old shape beside the same in the new, and none in both."""
    return [
        (of(event), of(EVENTS[name]))
        for name, event in BEFORE_BASIL.items()
        if name.startswith(prefix) and not name.endswith(".both")
    ]


def test_every_event_whose_shape_basil_changed_is_there_in_the_old_shape_too() -> None:
    changed = {"charge.refunded", "payment_intent.succeeded", "payment_intent.payment_failed"}
    names = {n for n in EVENTS if n.startswith(("customer.subscription.", "invoice.")) or EVENTS[n]["type"] in changed}
    assert names == {name for name in BEFORE_BASIL if not name.endswith(".both")}


def test_before_basil_the_period_stands_on_the_subscription() -> None:
    for old, new in _twins("customer.subscription."):
        item = new["items"]["data"][0]
        for field in ("current_period_start", "current_period_end"):
            assert old[field] == item[field]
            assert field not in old["items"]["data"][0]
            assert field not in new


def test_before_basil_a_renewal_shows_as_a_moved_period() -> None:
    before = BEFORE_BASIL["customer.subscription.updated.renewal"]["data"]["previous_attributes"]
    assert before.keys() == {"current_period_start", "current_period_end", "latest_invoice"}


def test_before_basil_an_invoice_names_its_subscription_and_its_payment() -> None:
    for old, new in _twins("invoice."):
        parent = new["parent"]
        assert old["subscription"] == (parent and parent["subscription_details"]["subscription"])
        assert old["subscription_details"]["metadata"] == (parent and parent["subscription_details"]["metadata"])
        assert old["paid"] == (new["status"] == "paid")
        assert old.keys() >= {"payment_intent", "charge"}
        assert "parent" not in old
        assert not new.keys() & {"subscription", "subscription_details", "paid", "payment_intent", "charge"}


def test_before_basil_an_invoice_line_carries_its_price_and_whether_it_is_prorated() -> None:
    for old_invoice, new_invoice in _twins("invoice."):
        for old, new in zip(old_invoice["lines"]["data"], new_invoice["lines"]["data"], strict=True):
            assert old["price"]["id"] == new["pricing"]["price_details"]["price"]
            assert (old["plan"] is None) == (new["parent"]["type"] == "invoice_item_details")
            assert old["proration"] == new["parent"][new["parent"]["type"]]["proration"]
            assert not old.keys() & {"pricing", "parent"}
            assert not new.keys() & {"price", "plan", "proration"}


def test_before_basil_payments_name_their_invoice() -> None:
    for old, new in _twins("payment_intent.") + _twins("charge."):
        assert "invoice" in old
        assert "invoice" not in new
    assert of(BEFORE_BASIL["payment_intent.succeeded"])["invoice"] == of(EVENTS["invoice.paid"])["id"]
    assert of(BEFORE_BASIL["charge.refunded.subscription"])["invoice"] == of(EVENTS["invoice.paid"])["id"]


def test_an_endpoint_that_stayed_on_the_old_version_is_sent_both_shapes_at_once() -> None:
    invoice = of(BEFORE_BASIL["invoice.paid.both"])
    assert invoice["subscription"] == invoice["parent"]["subscription_details"]["subscription"]
    assert (
        invoice["lines"]["data"][0]["price"]["id"] == invoice["lines"]["data"][0]["pricing"]["price_details"]["price"]
    )
    subscription = of(BEFORE_BASIL["customer.subscription.updated.both"])
    assert subscription["current_period_end"] == subscription["items"]["data"][0]["current_period_end"]
