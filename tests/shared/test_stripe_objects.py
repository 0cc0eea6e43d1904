"""Stripe's objects read the same before 2025-03-31.basil and since, and survive storage."""

import pytest
from pydantic import BaseModel

from functions.consumer.decide.decide import decide
from shared.failures.errors import Permanent
from shared.records.organization import Organization
from shared.stripe_objects.checkout import CheckoutSession
from shared.stripe_objects.event import Event
from shared.stripe_objects.invoices import Invoice
from shared.stripe_objects.objects import Contact, read
from shared.stripe_objects.snapshot import Snapshot
from shared.stripe_objects.subscriptions import Subscription
from tests.support.samples import NAMES, sample
from tests.support.stories import ROUTED, SUBSCRIPTION, told

MODELS: dict[str, type[Snapshot]] = {
    "subscription": Subscription,
    "invoice": Invoice,
    "checkout.session": CheckoutSession,
}
# A preview has no id, and no handler reads it.
READ = [
    (name, MODELS[kind])
    for name in NAMES
    if (kind := sample(name).object["object"]) in MODELS and "upcoming" not in name
]
IN_BOTH_SHAPES = [(name, model) for name, model in READ if f"before_basil/{name}" in NAMES]
BOTH_AT_ONCE = [(name, model) for name, model in READ if name.endswith(".both")]


@pytest.mark.parametrize(("name", "model"), IN_BOTH_SHAPES)
def test_both_shapes_of_an_object_say_the_same(name: str, model: type[Snapshot]) -> None:
    now, before = read(model, sample(name).object), read(model, sample(f"before_basil/{name}").object)
    if isinstance(now, Subscription) and isinstance(before, Subscription):
        assert now.renews_at == before.renews_at is not None
        now, before = (_without_period(one) for one in (now, before))
    if isinstance(now, Invoice):
        now = now.model_copy(update={"amount_overpaid": 0})  # an invoice tells it since basil alone
    assert now == before


def _without_period(subscription: Subscription) -> Subscription:
    """The period's end moved from the subscription to its items; `renews_at` finds it in either."""
    items = tuple(item.model_copy(update={"current_period_end": None}) for item in subscription.items)
    return subscription.model_copy(update={"items": items, "current_period_end": None})


@pytest.mark.parametrize(("name", "model"), BOTH_AT_ONCE)
def test_an_object_in_both_shapes_at_once_says_what_each_of_them_says(name: str, model: type[Snapshot]) -> None:
    plain = name.removesuffix(".both").removeprefix("before_basil/")
    other = sample(plain if model is Invoice else f"{plain}.renewal")
    both = read(model, sample(name).object)
    if isinstance(both, Subscription):
        known = read(Subscription, other.object)
        assert (both.renews_at, _without_period(both)) == (known.renews_at, _without_period(known))
    else:
        assert both == read(model, other.object)


def test_an_invoice_knows_its_subscription_in_either_shape() -> None:
    for shape in ("", "before_basil/"):
        assert read(Invoice, sample(f"{shape}invoice.paid").object).subscription == SUBSCRIPTION
        assert read(Invoice, sample(f"{shape}invoice.finalized.send_invoice").object).subscription is None


@pytest.mark.parametrize("expanded", [False, True])
def test_an_expanded_object_stands_for_its_id(*, expanded: bool) -> None:
    subscription: object = {"id": SUBSCRIPTION, "object": "subscription"} if expanded else SUBSCRIPTION
    customer: object = {"id": "cus_1", "object": "customer"} if expanded else "cus_1"
    changed = sample("before_basil/invoice.paid")
    invoice = read(Invoice, {**changed.object, "subscription": subscription, "customer": customer})
    assert (invoice.subscription, invoice.customer) == (SUBSCRIPTION, "cus_1")


def stored(value: BaseModel) -> BaseModel:
    return type(value).model_validate_json(value.model_dump_json(exclude_defaults=True))


@pytest.mark.parametrize(("name", "model"), READ)
def test_an_object_survives_being_stored(name: str, model: type[Snapshot]) -> None:
    original = read(model, sample(name).object)
    assert stored(original) == original


@pytest.mark.parametrize("name", NAMES)
def test_a_contact_survives_being_stored(name: str) -> None:
    original = read(Contact, sample(name).object)
    assert stored(original) == original


@pytest.mark.parametrize("event", ROUTED, ids=lambda event: event.id)
def test_every_record_survives_being_stored(event: Event) -> None:
    for record in decide(event, told(*ROUTED)).save:
        alone = record.with_past({}) if isinstance(record, Organization) else record  # the past is saved beside it
        assert stored(record) == alone


def test_the_address_of_a_session_is_the_one_typed_there_or_else_the_prefilled_one() -> None:
    typed = {"customer_details": {"email": "typed@example.com"}, "customer_email": "prefilled@example.com"}
    assert read(Contact, typed).email == "typed@example.com"
    assert read(Contact, {"customer_details": None, "customer_email": "prefilled@example.com"}).email == (
        "prefilled@example.com"
    )
    assert read(Contact, {"email": "own@example.com"}).email == "own@example.com"
    assert read(Contact, {"id": "acct_1"}).email is None


@pytest.mark.parametrize(
    ("model", "obj", "where"),
    [
        (Invoice, {"id": "in_4242"}, "customer"),
        (Subscription, {"id": "sub_4242", "customer": "cus_4242"}, "status"),
        (CheckoutSession, {"id": "cs_4242", "mode": 4242}, "mode"),
        (Contact, {"email": {"secret": "4242"}}, "email"),
    ],
)
def test_what_is_not_as_documented_is_named_and_never_quoted(
    model: type[Snapshot], obj: dict[str, object], where: str
) -> None:
    with pytest.raises(Permanent) as refused:
        read(model, obj)
    assert where in refused.value.where
    assert "4242" not in f"{refused.value}{refused.value!r}{refused.value.code}"
