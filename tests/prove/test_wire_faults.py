"""Each AWS call of the deployed functions fails in each way, under load: every accepted event ends, and none twice.

Microburst, a proxy between the Lambda functions and the local cloud, fails their calls by the rules of
tests/cloud/wire_faults.py. In each round a call that names its account fails for two accounts. For one it fails once,
and the SDK's retry absorbs it; for the other it fails for longer than the SDK tries. All accounts send at the same
time, beside a calm account without faults. A call that names no account fails for any caller. Every account must end
as the calm one.

The proxy cannot make these faults; other tests show them:

- a process that dies before or after a call: test_crash_matrix.py, test_soak.py
- a lost answer of S3 to DeleteObject: test_crash_matrix.py
- a transaction cancelled for a stale record, a taken mail or a lost token: tests/consumer/test_cancelled.py

No test shows faults of SQS as it delivers or of Scheduler as it fires: they happen within the emulator.
"""

from collections.abc import Iterator

import pytest

from cli.local.stack import Stack, deployed
from shared.inbox.lanes import LANES
from tests.cloud.conftest import ARCHITECTURE, BUILT, SECRET
from tests.cloud.fault_rounds import Round, common, nameless, own, run_rounds
from tests.cloud.outcome import Outcome, collect, listen
from tests.cloud.parallel_accounts import UNCONFIRMED
from tests.cloud.round_checks import absorbed, table, wrong
from tests.cloud.wire_faults import COMMON, WORKERS, Way
from tests.prove.conftest import Report

pytestmark = [pytest.mark.prove, pytest.mark.cloud]


@pytest.fixture(scope="module")
def stack() -> Iterator[Stack]:
    settings = {
        "MailConnectedCustomers": "true",
        "ConsumerConcurrency": "8",
        "EffectsConcurrency": str(WORKERS),
        **UNCONFIRMED,
    }
    with deployed(BUILT, ARCHITECTURE, SECRET, faulty=True, **settings) as stack:
        yield stack


def as_calm(stack: Stack, report: Report, *sets: list[Round]) -> Outcome:
    """What came of the rounds: those of a set run together, and each of their accounts must end as the calm one."""
    queue = listen(stack)
    for rounds in sets:
        run_rounds(stack, rounds)
    outcome, played = collect(stack, queue), [one for rounds in sets for one in rounds]
    report("faults on the wire", table(outcome, played))
    assert [line for one in played for line in wrong(outcome, one)] == []
    assert outcome.dead == stack.dead_letters()
    assert [stack.dead_letters(lane) for lane in LANES] == [0, 0]
    return outcome


@pytest.mark.parametrize("way", COMMON)
def test_every_event_accepted_ends_and_none_happens_twice(stack: Stack, report: Report, way: Way) -> None:
    number = COMMON.index(way)
    together = common(f"a{number}", way)
    alone = nameless(f"b{number}", way, together[0].calm)
    outcome = as_calm(stack, report, together, [alone])
    if way is Way.THROTTLED:
        assert absorbed(outcome, together) > 0.5


def test_nor_does_any_after_a_fault_that_one_service_has_of_its_own(stack: Stack, report: Report) -> None:
    as_calm(stack, report, own("c0"))
