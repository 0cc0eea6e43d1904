"""The event types that each endpoint must send."""

from typing import Any, get_args, get_origin, get_type_hints

import pytest
from stripe.params import WebhookEndpointUpdateParams

from cli.operate.endpoint_plan import NOT_ENABLED, types_for
from functions.consumer import routes
from shared.messages.internal_types import is_internal


def _handle(*_: object) -> Any:  # noqa: ANN401 - never called
    raise AssertionError


@pytest.fixture
def routed(monkeypatch: pytest.MonkeyPatch) -> None:
    types = "account.updated account.application.deauthorized payout.paid invoice.paid invoice.payment_succeeded"
    own = "reminder.payment_failed farewell.due erasure.due"
    monkeypatch.setattr(routes, "ROUTES", dict.fromkeys([*types.split(), *own.split()], _handle))


@pytest.mark.usefixtures("routed")
def test_the_direct_endpoint_sends_what_the_accounts_own_events_are_routed_by() -> None:
    assert types_for("direct") == ["invoice.paid", "payout.paid"]


@pytest.mark.usefixtures("routed")
def test_the_connect_endpoint_sends_what_tells_of_a_connected_account_as_well() -> None:
    assert types_for("connect") == [
        "account.application.deauthorized",
        "account.updated",
        "invoice.paid",
        "payout.paid",
    ]


def test_every_route_that_stripe_sends_is_enabled_somewhere_or_says_why_not() -> None:
    enabled = {*types_for("direct"), *types_for("connect")}
    assert enabled | set(NOT_ENABLED) >= {type_ for type_ in routes.ROUTES if not is_internal(type_)}


def test_stripe_knows_every_type_that_is_enabled() -> None:
    hint: Any = get_type_hints(WebhookEndpointUpdateParams)["enabled_events"]
    while get_origin(hint) is not list:
        (hint,) = get_args(hint)
    known = set(get_args(get_args(hint)[0]))
    assert {*types_for("direct"), *types_for("connect")} - known == set()
