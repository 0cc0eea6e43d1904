"""Without a valid Stripe key of the right mode no account is walked, and the log says why."""

import json
from dataclasses import asdict

import pytest

from functions.reconcile.hourly import Totals
from shared.failures.errors import Permanent
from tests.reconcile.conftest import HOUR, Lines, System


def test_a_key_that_stripe_refuses_is_an_error_of_the_function(system: System, lines: Lines) -> None:
    system.secrets.put_secret_value(SecretId=system.key_id, SecretString="rk_test_revoked")

    with pytest.raises(Permanent):
        system.run()

    logged = lines()
    assert "Stripe refuses: the key must be valid and may read Events" in {line.get("message") for line in logged}
    assert "rk_test" not in json.dumps(logged)


@pytest.mark.parametrize(
    ("key", "why"),
    [("none", "no API key is stored"), ("", "no API key"), ("sk_live_1", "the stored key is for live mode")],
)
def test_without_a_key_of_its_mode_it_is_off_and_says_so(system: System, lines: Lines, key: str, why: str) -> None:
    system.secrets.put_secret_value(SecretId=system.key_id, SecretString=key or " ")
    system.happens(HOUR + 60, accepted=True)

    assert system.run() == asdict(Totals())

    said, metrics = lines()
    assert said["message"] == "reconciliation is off"
    assert said["why"].startswith(why)
    assert metrics["Missing"] == 0
    assert system.stripe.requests == []


@pytest.mark.parametrize("key", ["rk_live_1", "rk_test_1"])
def test_a_stack_for_any_mode_takes_a_key_of_either(system: System, lines: Lines, key: str) -> None:
    system.livemode = "any"
    system.stripe.key = key
    system.secrets.put_secret_value(SecretId=system.key_id, SecretString=key)

    system.run()

    assert "reconciled" in {line.get("message") for line in lines()}
