"""Each call of the deployed functions fails in each way, under load: every event accepted ends, and none twice.

Microburst stands between the Lambda functions and the local cloud, and does to their calls what
tests/cloud/breakages.py says. In each round every call that names its account fails for two accounts of its own: for
one once, which the SDK's retry absorbs, and for the other for longer than the SDK tries. All of them live at the same
time, beside an account for which nothing fails. The calls that name nobody fail for whoever calls. What comes of each
account must be what came of the calm one.

What the proxy cannot make, and where it is shown instead: a process that dies before or after a call
(test_crash_matrix.py, test_soak.py), and S3's answer to DeleteObject lost (the former); a transaction cancelled for a
stale record, a taken mail or a lost token, which must be true to be told (tests/consumer/test_cancelled.py); faults of
SQS as it delivers and of Scheduler as it fires, which happen within the emulator.
"""

from collections.abc import Iterator

import pytest

from cli.local.stack import Stack, deployed
from shared.inbox.lanes import LANES
from tests.cloud.breakages import COMMON
from tests.cloud.conftest import ARCHITECTURE, BUILT, SECRET
from tests.cloud.outcome import listen, look
from tests.cloud.rounds import Round, common, nameless, own, play
from tests.cloud.verdict import absorbed, table, wrong
from tests.prove.conftest import Report

pytestmark = [pytest.mark.prove, pytest.mark.cloud]


@pytest.fixture(scope="module")
def stack() -> Iterator[Stack]:
    settings = {"MailConnectedCustomers": "true", "ConsumerConcurrency": "8", "EffectsConcurrency": "8"}
    with deployed(BUILT, ARCHITECTURE, SECRET, faulty=True, **settings) as stack:
        yield stack


def played(stack: Stack) -> list[Round]:
    """All rounds, with what was made of them."""
    rounds: list[Round] = []
    for number, way in enumerate(COMMON):
        together = common(f"a{number}", way)
        play(stack, together)
        alone = nameless(f"b{number}", way, together[0].calm)
        play(stack, [alone])
        rounds += [*together, alone]
    services_own = own("c0")
    play(stack, services_own)
    return [*rounds, *services_own]


def test_every_event_accepted_ends_and_none_happens_twice(stack: Stack, report: Report) -> None:
    queue = listen(stack)
    rounds = played(stack)
    outcome = look(stack, queue)
    report("faults on the wire", table(outcome, rounds))

    assert [line for one in rounds for line in wrong(outcome, one)] == []
    assert absorbed(outcome, rounds) > 0.5
    assert outcome.dead == stack.dead_letters()
    assert [stack.dead_letters(lane) for lane in LANES] == [0, 0]
