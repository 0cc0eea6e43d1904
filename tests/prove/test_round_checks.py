"""The proof of faults on the wire can fail: its checks find each result that a fault must not have."""

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from shared.inbox.lanes import LANES
from tests.cloud.fault_rounds import Round
from tests.cloud.outcome import Outcome
from tests.cloud.parallel_accounts import Account
from tests.cloud.round_checks import wrong
from tests.cloud.wire_faults import SEND_EMAIL, TRANSACT, Call, Way

type Spoil = Callable[[Outcome], Outcome]


def lived(mark: str) -> Account:
    return Account(mark, began=0, told=2, accepted=[f"evt_{mark}1", f"evt_{mark}2"], answers=Counter({200: 2}))


def played(call: Call = TRANSACT, way: Way = Way.UNANSWERED) -> Round:
    return Round(way, (call,), (), None, (lived("hit"),), lived("calm"), made=(1,))


def good() -> Outcome:
    inbox, books, heard = {}, [], []
    mails: Counter[tuple[str, str]] = Counter()
    for mark in ("hit", "calm"):
        for number in (1, 2):
            event_id, at = f"evt_{mark}{number}", number * 1000
            inbox[event_id] = {
                "id": event_id, "account": f"acct_{mark}", "type": "invoice.paid", "state": "done", "started_ms": at,
                "committed_ms": at + 10, "done_ms": at + 5000,
            }  # fmt: skip
        books.append({"pk": f"acct_{mark}#cus_1", "sk": "organization", "record": '{"access":true}'})
        heard.append({"name": "n", "id": f"evt_{mark}1:n", "account": f"acct_{mark}", "record": "r"})
        mails[f"{mark}a@example.com", "Welcome"] = 1
    log_states = Counter((event_id, "committed", "") for event_id in inbox)
    log_states.update((event_id, "performed", lane) for event_id in inbox for lane in LANES)
    return Outcome(inbox, books, mails, heard, log_states)


def changed(event_id: str, **attributes: Any) -> Spoil:  # noqa: ANN401 - what an item may hold
    return lambda outcome: replace(outcome, inbox=outcome.inbox | {event_id: outcome.inbox[event_id] | attributes})


SPOILT: dict[str, tuple[str, Spoil]] = {
    "an event that never ended": ("lost evt_hit2", changed("evt_hit2", state="committed")),
    "a dead letter without a reason": ("lost evt_hit2", changed("evt_hit2", state="failed")),
    "an event begun before the one before it ended": ("begun too early evt_hit2", changed("evt_hit2", started_ms=1005)),
    "an event handled twice": (
        "handled twice evt_hit1",
        lambda outcome: replace(outcome, log_states=outcome.log_states + Counter({("evt_hit1", "done", ""): 1})),
    ),
    "effects performed twice": (
        "handled twice effects of evt_hit1",
        lambda outcome: replace(
            outcome, log_states=outcome.log_states + Counter({("evt_hit1", "performed", "effects"): 1})
        ),
    ),
    "one announcement under two ids": (
        "handled twice {",
        lambda outcome: replace(
            outcome, announcements=[*outcome.announcements, outcome.announcements[0] | {"id": "another"}]
        ),
    ),
    "a mail sent twice": (
        "1 mails too many",
        lambda outcome: replace(outcome, mails=outcome.mails + Counter({("hita@example.com", "Welcome"): 1})),
    ),
    "a mail lost": (
        "sent are []",
        lambda outcome: replace(outcome, mails=outcome.mails - Counter({("hita@example.com", "Welcome"): 1})),
    ),
    "another record": (
        "records are",
        lambda outcome: replace(outcome, books=[outcome.books[0] | {"record": '{"access":false}'}, outcome.books[1]]),
    ),
    "an announcement lost": (
        "announced are []",
        lambda outcome: replace(outcome, announcements=outcome.announcements[1:]),
    ),
}


def test_nothing_is_wrong_with_an_account_that_fared_as_the_calm_one() -> None:
    assert list(wrong(good(), played())) == []


@pytest.mark.parametrize("name", SPOILT)
def test_is_told(name: str) -> None:
    said, spoil = SPOILT[name]
    assert [line for line in wrong(spoil(good()), played()) if said in line] != []


def test_a_mail_may_be_sent_twice_where_the_answer_of_ses_was_lost() -> None:
    twice = SPOILT["a mail sent twice"][1](good())
    assert list(wrong(twice, played(SEND_EMAIL))) == []
    assert list(wrong(twice, played(SEND_EMAIL, Way.THROTTLED))) != []


def test_an_answer_other_than_200_and_503_is_told() -> None:
    one = played()
    one.lasting[0].answers[500] += 1
    assert [line for line in wrong(good(), one) if "answered" in line] != []


def test_a_fault_that_was_not_made_or_held_nothing_up_is_told() -> None:
    one = replace(played(way=Way.THROTTLED), made=(0,))
    assert len(list(wrong(good(), one))) == 2
