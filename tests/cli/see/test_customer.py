"""A customer is shown as a person asks: access, plan, debts, mails, schedules and story, with names masked."""

import pytest

from tests.cli.operator_at_work import Operator
from tests.support.samples import sample

CUSTOMER = str(sample("invoice.paid").object["customer"])
ADDRESS = str(sample("invoice.paid").object["customer_email"])


@pytest.fixture
def subscribed(at_work: Operator) -> Operator:
    at_work.handles("customer.subscription.created", "evt_1")
    at_work.handles("invoice.paid", "evt_2")
    at_work.world.work_all()
    return at_work


def test_access_plan_and_debts_come_first(subscribed: Operator) -> None:
    lines = [line.split() for line in subscribed.types("customer", CUSTOMER).splitlines()[1:8]]
    assert ["access", "yes"] in lines
    assert ["owes", "nothing"] in lines


def test_an_open_invoice_is_owed(subscribed: Operator) -> None:
    subscribed.handles("invoice.payment_failed", "evt_3")
    said = subscribed.types("customer", CUSTOMER)
    assert "past due   yes" in said
    assert "29.00 USD on in_" in said
    assert "reminder.payment_failed" in said


def test_names_and_addresses_are_masked_unless_revealed(subscribed: Operator) -> None:
    said = subscribed.types("customer", CUSTOMER)
    assert ADDRESS not in said
    assert f"{ADDRESS[0]}…@{ADDRESS.partition('@')[2]}" in said
    assert ADDRESS in subscribed.types("customer", CUSTOMER, "--reveal")


def test_each_mail_says_what_became_of_it(subscribed: Operator) -> None:
    subscribed.handles("invoice.payment_failed", "evt_3")
    assert "    owed, not tried yet; evt_3" in subscribed.types("customer", CUSTOMER).splitlines()
    subscribed.world.work_all()
    assert "    sent; evt_3" in subscribed.types("customer", CUSTOMER).splitlines()


def test_the_story_names_each_event_and_what_it_changed(subscribed: Operator) -> None:
    said = subscribed.types("customer", CUSTOMER)
    assert "evt_1: access: unknown -> yes" in said
    assert "Events (2), the newest last" in said


def test_a_customer_of_another_account_is_asked_for_by_its_account(at_work: Operator) -> None:
    said = at_work.types("customer", "cus_9", code=1)
    assert "nothing is held about cus_9 of platform" in said
    assert "--account acct_…" in said


def test_a_customer_costs_a_query_and_a_read_of_the_inbox(subscribed: Operator) -> None:
    subscribed.types("customer", CUSTOMER)
    assert dict(subscribed.calls) == {"Query": 1, "BatchGetItem": 1}
