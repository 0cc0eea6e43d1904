"""The known API versions of Stripe: those of the samples, up to the version of the SDK and the endpoint."""

import json
from pathlib import Path

import pytest
import stripe

from shared.stripe_objects.api_versions import NEWEST, is_known

EVENTS = Path(__file__).parents[2] / "events"
SAMPLES = [*EVENTS.glob("*.json"), *EVENTS.glob("before_basil/*.json")]


def test_the_newest_is_the_one_that_the_endpoint_pins() -> None:
    assert stripe.api_version == NEWEST


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.name)
def test_every_sample_is_of_a_version_that_is_known(path: Path) -> None:
    assert is_known(json.loads(path.read_text())["api_version"])


@pytest.mark.parametrize("version", ["2019-05-16", "2027-01-28.somebody", "nonsense"])
def test_others_are_not(version: str) -> None:
    assert not is_known(version)
