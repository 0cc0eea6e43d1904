"""The books return the records of the last commit."""

from itertools import batched

import pytest
from botocore.exceptions import EndpointConnectionError

from functions.consumer.commit.commit import commit
from shared.decisions.decision import Decision, StoredRecord
from shared.failures.errors import Contended
from shared.policy.policy import Policy
from shared.records.connected_account import ConnectedAccount, PayoutRecord
from shared.records.index import PaymentIndex
from shared.records.order import Order
from shared.records.organization import Organization
from shared.records.past import ClosedInvoice
from shared.records.payment import Payment
from shared.stripe_objects.checkout import CheckoutSession
from shared.stripe_objects.disputes import Dispute
from shared.stripe_objects.invoices import Invoice
from shared.stripe_objects.objects import Contact, read
from shared.tables.attributes import to_item
from shared.tables.books import DynamoBooks
from tests.consumer.world import World
from tests.support.samples import sample


def books(world: World) -> DynamoBooks:
    return DynamoBooks(world.store, Policy())


def save(world: World, *records: StoredRecord, event_id: str = "evt_1") -> None:
    commit(world.store, world.claim(event_id=event_id), world.event(event_id), "{}", Decision(save=records))


def test_a_customer_nobody_has_heard_of_is_empty(world: World) -> None:
    assert books(world).read(Organization, "acct_1", "cus_1") == Organization(account="acct_1", subject="cus_1")


def test_an_order_nobody_has_heard_of_is_open(world: World) -> None:
    order = books(world).read(Order, "acct_1", "cus_1", "cs_1")
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
    found = books(world).read(Organization, "acct_1", invoice.customer)
    assert found == organization.model_copy(update={"version": 1})
    assert found.past_due


def test_an_order_comes_back_as_it_was_saved_at_its_next_version(world: World) -> None:
    bought = sample("checkout.session.completed")
    session = read(CheckoutSession, bought.object)
    order = Order(account="acct_1", subject="cus_1", session_id=session.id).with_session(session, bought)
    save(world, order)
    found = books(world).read(Order, "acct_1", "cus_1", session.id)
    assert found == order.model_copy(update={"version": 1})
    assert found.state == "fulfilled"


def test_what_is_over_comes_back_as_it_was_saved_and_else_is_vacant(world: World) -> None:
    paid = sample("invoice.paid")
    invoice = read(Invoice, paid.object)
    whose = ("acct_1", invoice.customer, invoice.id)
    empty = ClosedInvoice(account="acct_1", subject=invoice.customer, invoice_id=invoice.id)
    assert books(world).read(ClosedInvoice, *whose) == empty
    nobody = Organization(account="acct_1", subject=invoice.customer)
    (closed,) = (one for one in nobody.with_invoice(invoice, paid).past_since(nobody) if not one.is_empty)
    save(world, closed)
    found = books(world).read(ClosedInvoice, *whose)
    assert found == closed.model_copy(update={"version": 1})
    assert not found.is_empty


def test_the_same_customer_of_another_account_is_another(world: World) -> None:
    save(world, Organization(account="acct_1", subject="cus_1", reminders={"in_1": 1}))
    assert books(world).read(Organization, "acct_2", "cus_1").version == 0


def test_books_that_cannot_be_reached_are_not_taken_for_empty(world: World) -> None:
    world.faults.cut("GetItem")
    with pytest.raises(EndpointConnectionError):
        books(world).read(Organization, "acct_1", "cus_1")


def test_every_record_that_nobody_has_heard_of_is_empty(world: World) -> None:
    kept = books(world)
    payment, payout, connected = (
        kept.read(Payment, "acct_1", "pi_1"),
        kept.read(PayoutRecord, "acct_1", "po_1"),
        kept.read(ConnectedAccount, "acct_1"),
    )
    assert (payment.version, payout.version, connected.version) == (0, 0, 0)
    assert (payment.status, payment.disputed) == ("unknown", False)


def test_a_dispute_about_any_of_a_customers_payments_is_found(world: World) -> None:
    opened = sample("charge.dispute.created")
    dispute = read(Dispute, opened.object)
    quiet = Payment(account="acct_1", subject="pi_1", customer="cus_1")
    disputed = Payment(account="acct_1", subject="pi_2", customer="cus_1").with_dispute(dispute, opened)
    assert not books(world).awaits_settlement("acct_1", "cus_1")
    save(
        world,
        quiet,
        disputed,
        *(PaymentIndex(account="acct_1", subject="cus_1", payment=one) for one in ("pi_1", "pi_2")),
    )
    assert books(world).awaits_settlement("acct_1", "cus_1")


def test_open_money_is_looked_for_in_a_hundred_payments_a_call(world: World) -> None:
    payments = [f"pi_{number}" for number in range(120)]
    for number, some in enumerate(batched(payments, 40, strict=False)):
        quiet = [Payment(account="acct_1", subject=one, customer="cus_1") for one in some]
        leads = [PaymentIndex(account="acct_1", subject="cus_1", payment=one) for one in some]
        save(world, *quiet, *leads, event_id=f"evt_{number}")
    world.faults.calls.clear()
    assert not books(world).awaits_settlement("acct_1", "cus_1")
    assert world.faults.calls == ["Query", "Query", "BatchGetItem", "BatchGetItem"]


def test_payments_that_dynamodb_leaves_out_are_asked_for_again(world: World) -> None:
    test_a_dispute_about_any_of_a_customers_payments_is_found(world)
    keys = [to_item({"pk": "acct_1#pi_2", "sk": "payment"})]
    quiet = Payment(account="acct_1", subject="pi_1", customer="cus_1")
    found = to_item({"record": quiet.packed()})
    table = world.store.books
    world.faults.answer("BatchGetItem", {"Responses": {table: [found]}, "UnprocessedKeys": {table: {"Keys": keys}}})
    assert books(world).awaits_settlement("acct_1", "cus_1")


def test_payments_that_dynamodb_does_not_get_to_are_looked_at_later(world: World) -> None:
    test_a_dispute_about_any_of_a_customers_payments_is_found(world)
    keys = [to_item({"pk": "acct_1#pi_2", "sk": "payment"})]
    world.faults.answer("BatchGetItem", {"Responses": {}, "UnprocessedKeys": {world.store.books: {"Keys": keys}}})
    with pytest.raises(Contended):
        books(world).awaits_settlement("acct_1", "cus_1")
