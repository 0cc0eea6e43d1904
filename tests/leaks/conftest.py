"""A house of consumer and worker, empty of everything but canaries."""

from collections.abc import Iterator

import pytest
from moto import mock_aws

from tests.consumer.world import REGION
from tests.leaks.house import House


@pytest.fixture(scope="module")
def built() -> Iterator[House]:
    """A house that tests use one after the other."""
    with pytest.MonkeyPatch.context() as patch, mock_aws():
        patch.setenv("AWS_DEFAULT_REGION", REGION)
        house = House()
        house.open(patch)
        yield house


@pytest.fixture
def house(built: House) -> House:
    """Consumer and worker, behind the trouble that a test makes for them."""
    built.begin()
    return built
