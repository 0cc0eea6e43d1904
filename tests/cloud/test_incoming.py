"""The view of a person who watches `make run` while events come in."""

import time
from collections.abc import Callable
from typing import Any

import pytest

from cli.local.incoming import Incoming, Line
from cli.local.stack import Stack
from cli.samples import samples

pytestmark = pytest.mark.cloud


type Wanted = Callable[[Line], bool]


def shown(incoming: Incoming, wanted: Wanted, number: int = 1) -> list[Line]:
    """The lines that are `wanted`, once there are so many; other tests' events may still be at work."""
    lines: list[Line] = []
    deadline = time.monotonic() + 20
    while len(lines) < number and time.monotonic() < deadline:
        lines += [line for _, line in incoming.new() if wanted(line)]
        time.sleep(0.1)
    return lines


def about(event: dict[str, Any]) -> Wanted:
    return lambda line: line.event_id == event["id"]


def test_an_event_is_shown_as_it_is_committed_and_performed_and_with_its_mail(stack: Stack, account: str) -> None:
    incoming = Incoming(stack)
    event = samples.fresh("invoice.payment_failed", stack.now(), account=account)
    stack.send(event)

    lines = shown(incoming, lambda line: line.state == "sent" or about(event)(line), 3)

    committed, performed, mail = sorted(lines, key=lambda line: ["committed", "performed", "sent"].index(line.state))
    assert mail.why == "Your payment of 29.00 USD did not go through"
    assert (committed.what, committed.why) == ("invoice.payment_failed", "")
    assert (performed.what, performed.why) == ("invoice.payment_failed", "effects: set, published")
    assert None not in (committed.ms, performed.ms)
    assert not [line for _, line in incoming.new() if about(event)(line)]


def test_an_ignored_event_is_shown_with_its_reason(stack: Stack, account: str) -> None:
    incoming = Incoming(stack)
    event = samples.fresh("invoice.paid", stack.now(), account=account) | {"livemode": False}
    stack.send(event)

    (line,) = shown(incoming, about(event))

    assert (line.state, line.why) == ("ignored", "a test-mode event on a live stack")


def test_a_request_signed_with_another_secret_is_shown_with_what_to_type(stack: Stack) -> None:
    incoming = Incoming(stack)
    stack.send(samples.fresh("invoice.paid", stack.now()), secret="whsec_of_the_stripe_cli")

    (request,) = shown(incoming, lambda line: line.state == "400")

    assert request.why.partition(":")[0] == "wrong_signature"
    assert "./billhook secret cli" in request.advice


def test_a_repetition_that_sqs_drops_is_shown_all_the_same(stack: Stack, account: str) -> None:
    incoming = Incoming(stack)
    event = samples.fresh("customer.updated", stack.now(), account=account)
    stack.send(event)
    assert [line.state for line in shown(incoming, about(event))] == ["done"]

    stack.send(event)

    assert [line.state for line in shown(incoming, about(event))] == ["repeated"]
