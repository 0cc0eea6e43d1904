"""Amazon SES takes no mail for four hours, and everything else goes on; tests/prove/test_outage.py takes two days."""

from collections.abc import Iterator

import pytest

from cli.local.stack import Stack, deployed
from shared.inbox.lanes import LANES
from tests.cloud.conftest import ARCHITECTURE, BUILT, SECRET
from tests.cloud.outage import STORIES, Customer, Outage, SesFailure
from tests.cloud.outcome import listen

pytestmark = pytest.mark.cloud

STEP = 30 * 60
"""Two steps are an hour, the longest wait of a mail: each failure meets mails."""
SES_FAILURES = [failure for failure in SesFailure for _ in range(2)]


@pytest.fixture(scope="module")
def stack() -> Iterator[Stack]:
    settings = {"MailConnectedCustomers": "true", "MailsConcurrency": "2", "EffectsConcurrency": "2"}
    with deployed(BUILT, ARCHITECTURE, SECRET, faulty=True, **settings) as stack:
        yield stack


def test_nothing_waits_for_a_mail_and_what_still_holds_is_mailed_once(stack: Stack, account: str) -> None:
    queue = listen(stack)
    customers = tuple(Customer(f"{name}x", account, story, begins=0) for name, story in STORIES.items())
    outage = Outage(stack, customers)

    outage.run(SES_FAILURES, STEP, every=1)

    assert stack.mails() == []
    assert outage.wrong == []
    assert max(outage.decided.values()) < 10
    assert len(outage.announced(queue)) > len(customers)
    assert all(outage.refused[failure] for failure in SesFailure)

    outage.end()

    assert {item["state"] for item in stack.all_inbox()} == {"done"}
    assert outage.unsent() == outage.overtaken()
    assert outage.sent() == outage.expected()
    assert [stack.dead_letters(lane) for lane in (None, *LANES)] == [0, 0, 0]
