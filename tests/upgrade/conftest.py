"""Today's code on an empty cloud."""

from collections.abc import Iterator

import pytest
from moto import mock_aws

from tests.consumer.examples import REGION
from tests.prove.moto_cloud import MotoCloud
from tests.prove.runner import Runner
from tests.prove.scenarios import AT_STRIPE


@pytest.fixture(scope="module")
def idle_runner() -> Iterator[Runner]:
    with pytest.MonkeyPatch.context() as patch, mock_aws():
        patch.setenv("AWS_DEFAULT_REGION", REGION)
        runner = Runner(MotoCloud(), at_stripe=AT_STRIPE)
        runner.open(patch)
        yield runner


@pytest.fixture
def runner(idle_runner: Runner) -> Iterator[Runner]:
    """Today's consumer and worker, on an empty cloud."""
    with idle_runner.rolled_back():
        yield idle_runner
