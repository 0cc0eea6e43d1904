"""Calls of the deployed functions fail on the wire in one way each; tests/prove/test_wire_faults.py tries all."""

from collections.abc import Iterator

import pytest

from cli.local.stack import Stack, deployed
from shared.inbox.lanes import LANES
from tests.cloud.conftest import ARCHITECTURE, BUILT, SECRET
from tests.cloud.fault_rounds import named, run_rounds
from tests.cloud.outcome import collect, listen
from tests.cloud.parallel_accounts import UNCONFIRMED
from tests.cloud.round_checks import wrong
from tests.cloud.wire_faults import ACCEPT, HAND_OVERS, MARK, PUT_EVENTS, SEND_EMAIL, TRANSACT, Call, Way, outlasting

pytestmark = pytest.mark.cloud

BROKEN: tuple[tuple[Call, Way], ...] = (
    (ACCEPT, Way.THROTTLED),
    (HAND_OVERS[0], Way.UNREACHABLE),
    (MARK, Way.ERROR_5XX),
    (TRANSACT, Way.UNANSWERED),
    (SEND_EMAIL, Way.THROTTLED),
)


@pytest.fixture(scope="module")
def stack() -> Iterator[Stack]:
    with deployed(BUILT, ARCHITECTURE, SECRET, faulty=True, MailConnectedCustomers="true", **UNCONFIRMED) as stack:
        yield stack


def test_every_event_accepted_ends_and_none_happens_twice(stack: Stack) -> None:
    queue = listen(stack)
    broken = [(call, way, outlasting(call, way)) for call, way in BROKEN]
    rounds = named("t", [*broken, (PUT_EVENTS, Way.FAILED_ENTRIES, 2)])

    run_rounds(stack, rounds)

    outcome = collect(stack, queue)
    assert [line for one in rounds for line in wrong(outcome, one)] == []
    assert outcome.dead == stack.dead_letters() > 0
    assert [stack.dead_letters(lane) for lane in LANES] == [0, 0]
