"""A full queue: an account beyond its share is put off and loses nothing; the others come in."""

from collections.abc import Iterator
from typing import Any

import pytest

from cli.local.stack import Stack
from cli.samples import samples
from functions.ingest.admission import AT_LEAST

pytestmark = pytest.mark.cloud

FULL = 5
WAITING = FULL + 3


def lambdas(stack: Stack) -> Any:  # noqa: ANN401 - a client whose types are not installed
    return stack.cloud.client("lambda")


def function(stack: Stack, part: str) -> str:
    (name,) = (
        one["FunctionName"] for one in lambdas(stack).list_functions()["Functions"] if part in one["FunctionName"]
    )
    return str(name)


def mapping(stack: Stack) -> str:
    name = function(stack, "ConsumerFunction")
    (one,) = lambdas(stack).list_event_source_mappings(FunctionName=name)["EventSourceMappings"]
    return str(one["UUID"])


@pytest.fixture
def full(stack: Stack, account: str) -> Iterator[list[str]]:
    """A queue with the events of `account`, which no consumer takes; ingest calls five waiting events full."""
    uuid, ingest = mapping(stack), function(stack, "IngestFunction")
    lambdas(stack).update_event_source_mapping(UUID=uuid, Enabled=False)
    sent = [event(stack, account) for _ in range(WAITING)]
    assert {stack.post(one).status for one in sent} == {200}
    variables = lambdas(stack).get_function_configuration(FunctionName=ingest)["Environment"]["Variables"]
    fewer = {"Variables": variables | {"FULL_QUEUE": str(FULL)}}
    lambdas(stack).update_function_configuration(FunctionName=ingest, Environment=fewer)  # a new environment
    yield [one["id"] for one in sent]
    lambdas(stack).update_function_configuration(FunctionName=ingest, Environment={"Variables": variables})
    lambdas(stack).update_event_source_mapping(UUID=uuid, Enabled=True)


def event(stack: Stack, account: str) -> dict[str, Any]:
    return samples.fresh("customer.created", stack.now(), account=account)


def test_at_a_full_queue_a_noisy_account_is_put_off_and_a_calm_one_comes_in(
    stack: Stack, account: str, full: list[str]
) -> None:
    calm = f"{account}calm"
    for _ in range(AT_LEAST):
        assert stack.post(event(stack, account)).status == 200
    quiet = event(stack, calm)
    assert stack.post(quiet).status == 200  # the first that is not about the noisy account

    too_much = event(stack, account)
    refused = stack.post(too_much)

    assert (refused.status, refused.body["reason"]) == (503, "over_fair_share")
    assert stack.post(event(stack, calm)).status == 200
    lambdas(stack).update_event_source_mapping(UUID=mapping(stack), Enabled=True)
    for one in (*full, quiet["id"]):
        assert stack.settled(one)["state"] == "done"
    assert stack.inbox(too_much["id"]) is None


def test_stripe_sends_what_was_put_off_again_and_it_is_handled(stack: Stack, account: str, full: list[str]) -> None:
    for _ in range(AT_LEAST):
        stack.post(event(stack, account))
    assert stack.post(event(stack, f"{account}calm")).status == 200
    put_off = event(stack, account)
    assert stack.post(put_off).status == 503
    lambdas(stack).update_event_source_mapping(UUID=mapping(stack), Enabled=True)
    assert stack.settled(full[-1])["state"] == "done"
    stack.cloud.advance(301)  # past the five minutes of the share, and the half minute of the queue's size

    assert stack.post(put_off).status == 200
    assert stack.settled(put_off["id"])["state"] == "done"
