"""The wrapped samples equal the samples, as the consumer reads them."""

import json

import pytest

from cli.samples.wrap import SQS, wrapped
from functions.consumer.message import read_message
from shared.stripe_objects.event import read_event

WRAPPED = wrapped()


def test_the_wrapped_samples_are_up_to_date() -> None:
    assert {path.stem: path.read_text() for path in SQS.glob("*.json")} == WRAPPED, "run `make wrap`"


@pytest.mark.parametrize("name", WRAPPED)
def test_the_consumer_reads_a_wrapped_sample(name: str) -> None:
    message = read_message(json.loads(WRAPPED[name])["Records"][0])

    event = read_event(message.body)

    assert (message.event_id, message.type, message.account) == (event.id, event.type, event.account)
