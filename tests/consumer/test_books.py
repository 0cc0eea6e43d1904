"""The books are read as they were last committed."""

import pytest
from botocore.exceptions import EndpointConnectionError

from functions.consumer.books import DynamoBooks
from functions.consumer.commit import commit
from shared.decision import Decision
from shared.orders import Order
from shared.policy import Policy
from shared.records import Organization
from shared.stripe_checkout import CheckoutSession
from shared.stripe_objects import Contact, Invoice, read
from tests.consumer.world import World, token
from tests.support.samples import sample


def save(world: World, *records: Organization | Order) -> None:
    commit(world.store, world.claim(), world.event(), "{}", Decision(save=records))


def test_a_customer_nobody_has_heard_of_is_empty(world: World) -> None:
    assert DynamoBooks(world.store, Policy(), token).organization("acct_1", "cus_1") == Organization(
        account="acct_1", subject="cus_1"
    )


def test_an_order_nobody_has_heard_of_is_open(world: World) -> None:
    order = DynamoBooks(world.store, Policy(), token).order("acct_1", "cus_1", "cs_1")
    assert (order, order.state) == (Order(account="acct_1", subject="cus_1", session_id="cs_1"), "open")


def test_an_organization_comes_back_as_it_was_saved_at_its_next_version(world: World) -> None:
    failed = sample("invoice.payment_failed")
    invoice = read(Invoice, failed.object)
    organization = (
        Organization(account="acct_1", subject=invoice.customer)
        .with_invoice(invoice, failed)
        .with_contact(read(Contact, failed.object), failed)
        .with_reminder(invoice.id, failed.created)
    )
    save(world, organization)
    found = DynamoBooks(world.store, Policy(), token).organization("acct_1", invoice.customer)
    assert found == organization.model_copy(update={"version": 1})
    assert found.past_due


def test_an_order_comes_back_as_it_was_saved_at_its_next_version(world: World) -> None:
    bought = sample("checkout.session.completed")
    session = read(CheckoutSession, bought.object)
    order = Order(account="acct_1", subject="cus_1", session_id=session.id).with_session(session, bought)
    save(world, order)
    found = DynamoBooks(world.store, Policy(), token).order("acct_1", "cus_1", session.id)
    assert found == order.model_copy(update={"version": 1})
    assert found.state == "fulfilled"


def test_the_same_customer_of_another_account_is_another(world: World) -> None:
    save(world, Organization(account="acct_1", subject="cus_1", reminders={"in_1": 1}))
    assert DynamoBooks(world.store, Policy(), token).organization("acct_2", "cus_1").version == 0


def test_books_that_cannot_be_reached_are_not_taken_for_empty(world: World) -> None:
    world.faults.cut("GetItem")
    with pytest.raises(EndpointConnectionError):
        DynamoBooks(world.store, Policy(), token).organization("acct_1", "cus_1")
