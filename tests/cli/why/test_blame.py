"""Blame names the event that set each fact about a customer, from the journals of the decisions."""

from datetime import UTC, datetime

import pytest

from shared.tables.attributes import to_item
from tests.cli.operator_at_work import Operator
from tests.support.samples import sample

CUSTOMER = str(sample("invoice.paid").object["customer"])
PLACE = f"platform#{CUSTOMER}/organization"


@pytest.fixture
def lived(at_work: Operator) -> Operator:
    at_work.handles("customer.subscription.created", "evt_1")
    at_work.world.clock.now += 60
    at_work.handles("invoice.payment_failed", "evt_2")
    at_work.world.clock.now += 60
    at_work.handles("customer.subscription.deleted", "evt_3")
    return at_work


def test_each_fact_names_the_event_that_set_it_last(lived: Operator) -> None:
    lines = lived.types("blame", CUSTOMER).splitlines()
    at = lines.index(f"access: no   {PLACE}")
    assert lines[at + 1] == "  evt_3  customer.subscription.deleted"


def test_the_whole_history_of_one_fact_is_told_in_order(lived: Operator) -> None:
    changes = lived.reads("blame", CUSTOMER, "access")
    assert [(one["before"], one["after"], one["event"]) for one in changes] == [
        (None, True, "evt_1"),
        (True, False, "evt_3"),
    ]
    said = lived.types("blame", CUSTOMER, "access")
    assert "access: unknown -> yes" in said
    assert "access: yes -> no" in said


def test_it_tells_how_it_was_at_a_date(lived: Operator) -> None:
    before = lived.world.clock.now - 30
    at = datetime.fromtimestamp(before, UTC).isoformat()
    assert [one["event"] for one in lived.reads("blame", CUSTOMER, "access", "--at", at)] == ["evt_1"]


def test_it_says_when_the_journal_begins(lived: Operator) -> None:
    assert "The journal begins 18 Nov 2026" in lived.types("blame", CUSTOMER)
    item = lived.world.books(f"platform#{CUSTOMER}")
    (first,) = [one for one in item.values() if "#evt_1#" in one["sk"]]
    del first["journal"]
    lived.world.store.client.put_item(TableName="billhook-books", Item=to_item(first))
    assert "from 1 earlier event without a journal" in lived.types("blame", CUSTOMER)


@pytest.mark.parametrize(
    ("words", "why"),
    [((CUSTOMER, "colour"), "no journal of"), (("cus_9",), "no event of cus_9 of platform is archived")],
)
def test_a_fact_that_nobody_set_is_explained(lived: Operator, words: tuple[str, ...], why: str) -> None:
    assert why in lived.types("blame", *words, code=1)


def test_it_costs_one_query(lived: Operator) -> None:
    lived.types("blame", CUSTOMER)
    assert dict(lived.calls) == {"Query": 1}
