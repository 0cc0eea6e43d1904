"""Beyond a full queue, an account over its fair share is sent back to Stripe; all others are admitted."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import replace

import pytest

from functions.ingest.admission import AT_LEAST, FRESH, REMEMBERED, RETRY_AFTER, WINDOW, Admission
from functions.ingest.handler import LATEST
from functions.ingest.rejection import RejectedError
from tests.ingest.support import NOW, PAYMENT_FAILED, Ingest, http_event, sign, to_bytes

LIMIT = 40_000
CALM = [f"acct_{number}" for number in range(99)]


class Queue:
    def __init__(self, size: int | None) -> None:
        self.size, self.asked = size, 0

    def waiting(self) -> int | None:
        self.asked += 1
        return self.size


def admitted(admission: Admission, account: str, now: float) -> bool:
    try:
        admission.check(account, now)
    except RejectedError:
        return False
    return True


def rush(size: int | None, limit: int = LIMIT) -> tuple[Counter[str], Counter[str], Queue]:
    """A minute of one environment: 99 calm accounts send 10 events a second together, a noisy one sends 100."""
    queue, dice = Queue(size), random.Random(7)  # noqa: S311 - no secret
    admission = Admission(queue.waiting, limit)
    sent, taken = Counter[str](), Counter[str]()
    for tick in range(60 * 110):
        account = dice.choice(CALM) if dice.random() < 1 / 11 else "acct_noisy"
        sent[account] += 1
        taken[account] += admitted(admission, account, NOW + tick / 110)
    return sent, taken, queue


def test_a_noisy_account_is_sent_away_and_no_calm_one_waits() -> None:
    sent, taken, queue = rush(LIMIT + 1)
    calm = sum(taken[account] for account in CALM)
    print(f"noisy: {taken['acct_noisy']} of {sent['acct_noisy']} admitted; calm: {calm}, all")  # noqa: T201 - a figure
    assert all(taken[account] == sent[account] for account in CALM)
    assert taken["acct_noisy"] < sent["acct_noisy"] / 100
    assert queue.asked == 2


@pytest.mark.parametrize(("size", "limit"), [(LIMIT, LIMIT), (None, LIMIT), (10**6, 0)])
def test_all_are_admitted_while_the_queue_is_not_full_or_its_size_is_unknown(size: int | None, limit: int) -> None:
    sent, taken, _ = rush(size, limit)
    assert taken == sent


def test_an_account_alone_has_the_whole_queue() -> None:
    admission = Admission(Queue(LIMIT + 1).waiting, LIMIT)
    assert all(admitted(admission, "platform", NOW + tick) for tick in range(1000))


def test_the_first_request_does_not_wait_for_the_size_and_the_others_rarely() -> None:
    queue = Queue(0)
    admission = Admission(queue.waiting, LIMIT)
    admission.check("acct_1", NOW)
    assert queue.asked == 0
    for tick in range(1, int(2 * FRESH)):
        admission.check("acct_1", NOW + tick)
    assert queue.asked == 2


def test_a_few_events_are_admitted_and_old_ones_do_not_count() -> None:
    admission = Admission(Queue(LIMIT + 1).waiting, LIMIT)
    admission.check("acct_calm", NOW)
    assert [admitted(admission, "acct_1", NOW) for _ in range(AT_LEAST + 1)] == [True] * AT_LEAST + [False]
    admission.check("acct_calm", NOW + WINDOW + 1)
    assert admitted(admission, "acct_1", NOW + WINDOW + 1)


def test_an_environment_remembers_a_bounded_number_of_requests() -> None:
    admission = Admission(Queue(0).waiting, LIMIT)
    for number in range(2 * REMEMBERED):
        admission.check(f"acct_{number}", NOW)
    assert len(admission._seen) == len(admission._counts) == REMEMBERED  # noqa: SLF001 - its memory is what is bounded


def test_equal_accounts_are_within_their_shares() -> None:
    admission = Admission(Queue(LIMIT + 1).waiting, LIMIT)
    assert all(admitted(admission, f"acct_{number % 2}", NOW) for number in range(1000))


def test_stripe_is_told_when_to_send_again_and_nothing_is_queued() -> None:
    ingest = Ingest()
    admission = Admission(Queue(LIMIT + 1).waiting, LIMIT)
    handler = replace(ingest.handler, admit=admission.check)
    admission.check("acct_calm", NOW)
    body = to_bytes(PAYMENT_FAILED | {"account": "acct_1"})
    answers = [handler(http_event(body, sign(body)), None) for _ in range(AT_LEAST + 1)]
    assert [answer["statusCode"] for answer in answers] == [200] * AT_LEAST + [503]
    assert answers[-1]["headers"]["retry-after"] == str(RETRY_AFTER)
    assert len(ingest.sent) == AT_LEAST


@pytest.mark.parametrize(("seconds", "asked"), [(LATEST - 1, ["platform"]), (LATEST, [])])
def test_a_slow_request_is_admitted_unasked(seconds: int, asked: list[str]) -> None:
    accounts: list[str] = []
    ticks = iter((NOW, NOW + seconds, NOW + seconds))
    ingest = Ingest()
    handler = replace(ingest.handler, admit=lambda account, _now: accounts.append(account), clock=lambda: next(ticks))
    body = to_bytes(PAYMENT_FAILED)
    assert handler(http_event(body, sign(body)), None)["statusCode"] == 200
    assert accounts == asked
