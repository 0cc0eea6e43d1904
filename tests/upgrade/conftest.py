"""The code of today, on empty tables."""

from collections.abc import Iterator

import pytest
from moto import mock_aws

from tests.consumer.world import REGION
from tests.prove.plays import AT_STRIPE
from tests.prove.stage import Stage
from tests.prove.theatre import Theatre


@pytest.fixture(scope="module")
def stopped_theatre() -> Iterator[Theatre]:
    with pytest.MonkeyPatch.context() as patch, mock_aws():
        patch.setenv("AWS_DEFAULT_REGION", REGION)
        theatre = Theatre(Stage(), at_stripe=AT_STRIPE)
        theatre.open(patch)
        yield theatre


@pytest.fixture
def theatre(stopped_theatre: Theatre) -> Iterator[Theatre]:
    """The consumer of today, on empty tables."""
    with stopped_theatre.aside():
        yield stopped_theatre
