"""The code of today, on empty tables."""

from collections.abc import Iterator

import pytest
from moto import mock_aws

from tests.consumer.material import REGION
from tests.prove.moto_cloud import MotoCloud
from tests.prove.runner import Runner
from tests.prove.scenarios import AT_STRIPE


@pytest.fixture(scope="module")
def stopped_theatre() -> Iterator[Runner]:
    with pytest.MonkeyPatch.context() as patch, mock_aws():
        patch.setenv("AWS_DEFAULT_REGION", REGION)
        runner = Runner(MotoCloud(), at_stripe=AT_STRIPE)
        runner.open(patch)
        yield runner


@pytest.fixture
def runner(stopped_theatre: Runner) -> Iterator[Runner]:
    """The consumer of today, on empty tables."""
    with stopped_theatre.aside():
        yield stopped_theatre
