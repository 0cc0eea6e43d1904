"""Without a key that Stripe accepts and that is for its mode, nothing is walked, and the log says why."""

import json
from dataclasses import asdict

import pytest

from functions.reconcile.hourly import Totals
from shared.errors import Permanent
from tests.reconcile.conftest import HOUR, House, Lines


def test_a_key_that_stripe_refuses_is_an_error_of_the_function(house: House, lines: Lines) -> None:
    house.secrets.put_secret_value(SecretId=house.key_id, SecretString="rk_test_revoked")

    with pytest.raises(Permanent):
        house.run()

    logged = lines()
    assert "Stripe refuses: the key must be valid and may read Events" in {line.get("message") for line in logged}
    assert "rk_test" not in json.dumps(logged)


@pytest.mark.parametrize(
    ("key", "why"),
    [("none", "no API key is stored"), ("", "no API key"), ("sk_live_1", "the stored key is for live mode")],
)
def test_without_a_key_of_its_mode_it_is_off_and_says_so(house: House, lines: Lines, key: str, why: str) -> None:
    house.secrets.put_secret_value(SecretId=house.key_id, SecretString=key or " ")
    house.happens(HOUR + 60, accepted=True)

    assert house.run() == asdict(Totals())

    said, metrics = lines()
    assert said["message"] == "reconciliation is off"
    assert said["why"].startswith(why)
    assert metrics["Missing"] == 0
    assert house.stripe.requests == []


@pytest.mark.parametrize("key", ["rk_live_1", "rk_test_1"])
def test_a_stack_for_any_mode_takes_a_key_of_either(house: House, lines: Lines, key: str) -> None:
    house.livemode = "any"
    house.stripe.key = key
    house.secrets.put_secret_value(SecretId=house.key_id, SecretString=key)

    house.run()

    assert "reconciled" in {line.get("message") for line in lines()}
