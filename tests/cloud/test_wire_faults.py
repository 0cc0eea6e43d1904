"""Calls of the deployed functions fail on the wire, one way each; tests/prove/test_wire_faults.py has all of them."""

from collections.abc import Iterator

import pytest

from infra.stack import Stack, deployed
from tests.cloud.breakages import NAMED, PUT_EVENTS, SEND_EMAIL, SEND_MESSAGE, TRANSACT, Call, Way, outlasting
from tests.cloud.conftest import ARCHITECTURE, BUILT, SECRET
from tests.cloud.outcome import listen, look
from tests.cloud.rounds import named, play
from tests.cloud.verdict import wrong

pytestmark = pytest.mark.cloud

CALLS = {call.operation: call for call in NAMED}
BROKEN: tuple[tuple[Call, Way], ...] = (
    (SEND_MESSAGE, Way.THROTTLED),
    (CALLS["UpdateItem"], Way.ERROR_5XX),
    (TRANSACT, Way.UNANSWERED),
    (SEND_EMAIL, Way.THROTTLED),
)


@pytest.fixture(scope="module")
def stack() -> Iterator[Stack]:
    with deployed(BUILT, ARCHITECTURE, SECRET, faulty=True, MailConnectedCustomers="true") as stack:
        yield stack


def test_every_event_accepted_ends_and_none_happens_twice(stack: Stack) -> None:
    queue = listen(stack)
    broken = [(call, way, outlasting(call, way)) for call, way in BROKEN]
    rounds = named("t", [*broken, (PUT_EVENTS, Way.FAILED_ENTRIES, 2)])

    play(stack, rounds)

    outcome = look(stack, queue)
    assert [line for one in rounds for line in wrong(outcome, one)] == []
    assert outcome.dead == stack.dead_letters() > 0
