"""Consumer and worker on an empty cloud with canaries."""

from collections.abc import Iterator

import pytest
from moto import mock_aws

from tests.consumer.examples import REGION
from tests.leaks.system import System
from tests.support.talkative import talkative


@pytest.fixture(scope="module")
def built() -> Iterator[System]:
    """A system that the tests of a module use one after the other."""
    with pytest.MonkeyPatch.context() as patch, mock_aws():
        patch.setenv("AWS_DEFAULT_REGION", REGION)
        system = System()
        system.open(patch)
        yield system


@pytest.fixture
def system(built: System) -> System:
    """Consumer and worker, behind the faults of a test."""
    built.begin()
    return built


@pytest.fixture
def at_debug() -> Iterator[None]:
    """Every library is at its most talkative when a function starts."""
    with talkative():
        yield
