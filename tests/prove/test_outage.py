"""Amazon SES takes no mail for two days while events keep coming: nothing else waits, no mail is lost or doubled."""

import time
from collections.abc import Iterator

import pytest

from cli.local.stack import Stack, deployed
from shared.inbox.lanes import LANES
from tests.cloud.conftest import ARCHITECTURE, BUILT, SECRET
from tests.cloud.outage import STORIES, Customer, Outage, SesFailure, percentile
from tests.cloud.outcome import listen
from tests.prove.conftest import Report

pytestmark = [pytest.mark.prove, pytest.mark.cloud]

HOUR = 3600
HOURS = 48
SES_FAILURES = [list(SesFailure)[hour // 6 % len(SesFailure)] for hour in range(HOURS)]
"""Six hours each, twice over."""
ACCOUNTS = 5
CUSTOMERS = 40
STEPS_EVERY = 4
"""Hours between two events of a customer."""
TO_BE_DECIDED, TO_BE_ANNOUNCED = 10.0, 5.0


@pytest.fixture(scope="module")
def stack() -> Iterator[Stack]:
    settings = {"MailConnectedCustomers": "true", "MailsConcurrency": "2", "EffectsConcurrency": "2"}
    with deployed(BUILT, ARCHITECTURE, SECRET, faulty=True, **settings) as stack:
        yield stack


def customers() -> tuple[Customer, ...]:
    """The customers; each lives through one of the stories, and begins within the first day or so."""
    stories = list(STORIES.values())
    latest = HOURS - STEPS_EVERY * max(len(story.steps) for story in stories)
    return tuple(
        Customer(f"n{number}x", f"acct_{number % ACCOUNTS}soak", stories[number % len(stories)], number % latest)
        for number in range(CUSTOMERS)
    )


def test_two_days_without_mail(stack: Stack, report: Report) -> None:
    started, queue = time.monotonic(), listen(stack)
    outage = Outage(stack, customers())

    outage.run(SES_FAILURES, HOUR, STEPS_EVERY)
    mailed_meanwhile = len(stack.mails())
    announced = outage.announced(queue)
    outage.end()

    decided, expected = list(outage.decided.values()), outage.expected()
    report(
        "two days without Amazon SES",
        [
            f"{name:36}{figure:>10}"
            for name, figure in {
                "events": len(decided),
                "decided after, p50, s": f"{percentile(decided, 0.5):.2f}",
                "decided after, p99, s": f"{percentile(decided, 0.99):.2f}",
                "decided after, at most, s": f"{max(decided):.2f}",
                "announcements": len(announced),
                "announced after, p50, s": f"{percentile(announced, 0.5):.2f}",
                "announced after, p99, s": f"{percentile(announced, 0.99):.2f}",
                **{f"asked in vain: {failure}": times for failure, times in outage.refused.items()},
                "events that owed mails at once": outage.most_owed,
                "mails sent in the outage": mailed_meanwhile,
                "mails sent after it": len(stack.mails()),
                "of these expected": sum(mails.total() for mails in expected.values()),
                "seconds": round(time.monotonic() - started),
            }.items()
        ],
    )

    assert mailed_meanwhile == 0
    assert outage.wrong == []
    assert max(decided) < TO_BE_DECIDED
    assert percentile(announced, 0.99) < TO_BE_ANNOUNCED
    assert all(outage.refused[failure] for failure in SesFailure)
    assert {item["state"] for item in stack.all_inbox()} == {"done"}
    assert outage.unsent() == outage.overtaken()
    assert outage.sent() == expected
    assert [stack.dead_letters(lane) for lane in (None, *LANES)] == [0, 0, 0]
