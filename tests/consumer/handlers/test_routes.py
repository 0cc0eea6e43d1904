"""The table of routes decides which events are handled; all others are recorded as ignored, with a reason."""

import json

import pytest

from functions.consumer.message import Message, read_message
from functions.consumer.routes import ROUTES, Ignore
from tests.support.samples import EVENTS, NAMES, sample


def received(body: object) -> Message:
    return read_message(
        {
            "messageId": "m-1",
            "receiptHandle": "r-1",
            "body": body if isinstance(body, str) else json.dumps(body),
            "attributes": {
                "MessageGroupId": "platform",
                "SentTimestamp": "1795083196000",
                "ApproximateFirstReceiveTimestamp": "1795083196000",
            },
        }
    )


LIVE = {"id": "evt_1", "type": "invoice.paid", "livemode": True}


@pytest.mark.parametrize("name", NAMES)
def test_an_event_is_handled_exactly_if_its_type_has_a_route(name: str) -> None:
    reason = Ignore(livemode=True)(received((EVENTS / f"{name}.json").read_text()))
    assert reason == (None if sample(name).type in ROUTES else "no handler for its type")


@pytest.mark.parametrize("stack", [True, False])
def test_an_event_of_the_other_mode_is_ignored(*, stack: bool) -> None:
    ignore = Ignore(livemode=stack)
    assert ignore(received({**LIVE, "livemode": stack})) is None
    assert ignore(received({**LIVE, "livemode": not stack})) in {
        "a test-mode event on a live stack",
        "a live event on a test-mode stack",
    }


@pytest.mark.parametrize("livemode", [True, False])
def test_a_stack_for_any_mode_ignores_neither(*, livemode: bool) -> None:
    ignore = Ignore(livemode=None)
    assert ignore(received({**LIVE, "livemode": livemode})) is None
    assert ignore(received({**LIVE, "livemode": livemode, "type": "price.created"})) == "no handler for its type"


def test_a_message_of_our_own_is_never_taken_for_the_other_mode() -> None:
    own = {"id": "due_1", "type": "reminder.payment_failed", "livemode": True}
    assert Ignore(livemode=False)(received(own)) is None


def test_a_thin_event_is_ignored_with_advice() -> None:
    thin = {"id": "evt_1", "object": "v2.core.event", "type": "invoice.paid", "livemode": True}
    assert Ignore(livemode=True)(received(thin)) == "a thin event: enable snapshot events on this endpoint"


@pytest.mark.parametrize("body", ["not json", "[]", "{}", '{"type": "nobody.knows"}'])
def test_what_is_no_event_is_not_ignored_but_left_to_fail(body: str) -> None:
    assert Ignore(livemode=True)(received(body)) is None
