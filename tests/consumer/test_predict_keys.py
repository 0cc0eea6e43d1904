"""One read fetches what a decision will ask for, with few needless keys and none that DynamoDB refuses."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from functions.consumer.decide.decide import decide
from functions.consumer.message import read_message
from functions.consumer.prefetch.predict_keys import predict_keys
from functions.consumer.routes import ROUTES
from shared.records.stored_record import Record
from shared.stripe_objects.event import Event
from tests.consumer.examples import sqs_record, stripe_event
from tests.support.books import BooksOf
from tests.support.order_lines import PAID, answered
from tests.support.samples import NAMES, sample

ROUTED = [name for name in NAMES if sample(name).type in ROUTES]
OBJECTS = "account charge checkout.session customer dispute invoice_payment payment_intent payout refund".split()
FIELDS = ["id", "object", "mode", "customer", "charge", "payment_intent", "payment"]
PARTITION_KEY, SORT_KEY = 2048, 1024
"""https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html, in bytes."""


class NotingBooks(BooksOf):
    """Empty books that note where they were asked."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: set[tuple[str, str]] = set()

    def read[Found: Record](self, kind: type[Found], *names: str) -> Found:
        self.asked.add(kind.empty(*names).key)
        return super().read(kind, *names)


def foreseen(event: dict[str, Any]) -> set[tuple[str, str]]:
    return predict_keys(read_message(sqs_record(event)))


@pytest.mark.parametrize("account", [None, "acct_1"], ids=["platform", "connected"])
@pytest.mark.parametrize("name", ROUTED)
def test_whatever_a_decision_asks_for_was_foreseen_and_at_most_two_records_in_vain(
    name: str, account: str | None
) -> None:
    event, books = sample(name), NotingBooks()
    if account:
        event = event.model_copy(update={"account": account})
    decide(event, books)
    ahead = foreseen(event.model_dump())
    assert books.asked <= ahead
    assert len(ahead - books.asked) <= 2


@pytest.mark.parametrize(
    "session", [PAID, sample("checkout.session.completed", customer=None)], ids=["customer", "guest"]
)
def test_of_an_answer_about_lines_all_but_the_payment_is_foreseen(session: Event) -> None:
    answer, books = answered(session), NotingBooks()
    for event in (session, answer):
        books.asked.clear()
        books.apply(decide(event, books))
    missed = books.asked - foreseen(json.loads(answer.model_dump_json()))
    assert missed == {(f"platform#{PAID.object['payment_intent']}", "payment")}


def test_a_connected_account_is_foreseen_since_any_event_tells_that_it_is_there() -> None:
    assert ("acct_1#acct_1", "account") in foreseen(stripe_event())
    assert ("platform#platform", "account") not in foreseen(stripe_event(account=None))


LONG = st.text(min_size=1000, max_size=3000)
VALUES = st.none() | st.integers() | st.text() | LONG | st.dictionaries(st.sampled_from(FIELDS), st.text() | LONG)


@settings(max_examples=200, deadline=None)
@given(
    obj=st.dictionaries(st.sampled_from(FIELDS), VALUES | st.sampled_from(OBJECTS)),
    kind=st.sampled_from(OBJECTS),
    account=st.none() | st.text(min_size=1) | LONG,
)
def test_whatever_an_object_holds_no_key_is_foreseen_that_dynamodb_would_refuse(
    obj: dict[str, Any], kind: str, account: str | None
) -> None:
    for pk, sk in foreseen(stripe_event(account=account, data={"object": obj | {"object": kind}})):
        assert 0 < len(pk.encode()) <= PARTITION_KEY
        assert 0 < len(sk.encode()) <= SORT_KEY
