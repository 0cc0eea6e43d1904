"""The worker's world is the consumer's: what one commits, the other performs."""

from collections.abc import Iterator

import boto3
import pytest
from botocore.stub import Stubber

from tests.consumer.conftest import dynamodb, dynamodb_local, engine, world
from tests.consumer.examples import REGION
from tests.consumer.world import World
from tests.effects.at_stripe import api, around
from tests.effects.invoking import Lambda

__all__ = ["api", "around", "dynamodb", "dynamodb_local", "engine", "world"]


@pytest.fixture
def worker(world: World) -> Iterator[Lambda]:
    sqs = boto3.client("sqs", region_name=REGION)
    with Stubber(sqs) as queue:
        yield Lambda(world, sqs, queue)
    sqs.close()
