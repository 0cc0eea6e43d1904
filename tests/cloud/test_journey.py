"""The journey of `make run`, from start to end on the deployed template."""

import pytest

from cli.local.journey import travel
from cli.local.stack import deployed
from cli.samples import samples
from tests.cloud.conftest import ARCHITECTURE, BUILT, SECRET

pytestmark = pytest.mark.cloud


def test_the_journey_of_make_demo_goes_as_it_should_and_test_mode_is_welcome() -> None:
    told: list[str] = []
    with deployed(BUILT, ARCHITECTURE, SECRET, Livemode="any") as stack:
        journey = travel(stack, told.append)
        test_mode = samples.fresh("customer.created", stack.now()) | {"livemode": False}
        stack.send(test_mode)
        assert stack.settled(test_mode["id"])["state"] == "done"
    assert journey.wrong == [], "\n".join(told)
    assert journey.told == [
        "Welcome to Saltmarsh Software",
        "Receipt for your payment of 29.00 USD",
        "Thank you for your order",
        "Your payment of 29.00 USD did not go through",
        "Your payment of 29.00 USD is still due",
        "Your subscription has ended",
    ]
