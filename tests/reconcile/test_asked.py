"""Reconciliation asks Stripe for the types of the endpoints, delivered or not."""

from cli.operate.endpoint_plan import types_for
from functions.reconcile import event_types
from tests.reconcile.conftest import ACCOUNT, System
from tests.support.stripe_lists import PLATFORM


def test_it_looks_for_what_make_endpoint_has_stripe_send() -> None:
    assert event_types.types_of(ACCOUNT) == types_for("connect")
    assert event_types.types_of(PLATFORM) == types_for("direct")


def test_no_call_hides_what_was_delivered_and_lost(system: System) -> None:
    system.begun()
    assert all("delivery_success" not in asked for _, _, asked in system.stripe.requests)
    lengths = {len(asked["types"]) for path, _, asked in system.stripe.requests if path == "/v1/events"}
    assert max(lengths) == 20
