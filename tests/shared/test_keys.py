"""Keys: one customer's items lie together, and each schedule has a unique name."""

import re

from hypothesis import given, settings
from hypothesis import strategies as st

from shared.values import keys

few = settings(max_examples=100, deadline=None)
parts = st.tuples(st.text(max_size=80), st.text(max_size=80), st.text(max_size=80), st.integers(0, 2**33))


@few
@given(parts)
def test_eventbridge_accepts_the_name_of_any_schedule(spelled: tuple[str, str, str, int]) -> None:
    assert re.fullmatch(r"[0-9a-zA-Z_.-]{1,64}", keys.schedule_name(*spelled))


def test_the_same_reminder_has_the_same_name_and_any_other_a_different_one() -> None:
    reminder = ("acct_1", "reminder.payment_failed", "in_1", 1_795_000_000)
    others = [
        ("acct_2", "reminder.payment_failed", "in_1", 1_795_000_000),
        ("acct_1", "farewell.due", "in_1", 1_795_000_000),
        ("acct_1", "reminder.payment_failed", "in_2", 1_795_000_000),
        ("acct_1", "reminder.payment_failed", "in_1", 1_795_000_001),
    ]
    assert keys.schedule_name(*reminder) == keys.schedule_name(*reminder)
    assert len({keys.schedule_name(*one) for one in (reminder, *others)}) == 5


def test_two_accounts_with_a_customer_of_one_id_share_nothing() -> None:
    assert keys.partition("acct_1", "cus_1") != keys.partition("acct_2", "cus_1")


@few
@given(st.integers(0, 2**33), st.integers(0, 2**33))
def test_archived_events_sort_by_the_second_they_happened_in(one: int, other: int) -> None:
    assert (keys.archived(one, "evt_b") < keys.archived(other, "evt_a")) == (one < other)
