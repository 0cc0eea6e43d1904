"""A sample event has the fields that the classes of Stripe's SDK declare, at the same API version."""

import json
from pathlib import Path

import stripe
from stripe import StripeObject

from tests.events.declared import Json, faults
from tests.events.files import each_event, each_file, of

CLASSES: dict[str, type[StripeObject]] = {
    cls.OBJECT_NAME: cls
    for cls in (
        stripe.Account,
        stripe.Application,
        stripe.Capability,
        stripe.Charge,
        stripe.CreditNote,
        stripe.Customer,
        stripe.Dispute,
        stripe.Invoice,
        stripe.InvoicePayment,
        stripe.PaymentIntent,
        stripe.Payout,
        stripe.Refund,
        stripe.Subscription,
        stripe.radar.EarlyFraudWarning,
        stripe.checkout.Session,
        stripe.entitlements.ActiveEntitlementSummary,
    )
}

# An upcoming invoice is a preview: it gets its id when it becomes a draft.
WITHOUT = {("invoice.upcoming", "invoice.id")}


@each_file
def test_an_event_is_a_live_snapshot_of_one_of_the_two_versions(path: Path) -> None:
    event = json.loads(path.read_bytes())
    version = "2024-06-20" if path.parent.name == "before_basil" else stripe.api_version
    assert (event["object"], event["livemode"], event["api_version"]) == ("event", True, version)
    assert not list(faults(event, stripe.Event, "event"))


@each_event
def test_an_object_has_every_field_that_stripe_promises_and_no_unknown_one(name: str, event: Json) -> None:
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
    assert ("account" in event) == name.startswith(("account.", "capability.", "payout."))
