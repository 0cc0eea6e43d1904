"""The effects of an erasure: the deletion, and the announcement of it; and the erasure of a guest."""

from shared.effects.announcement import Announcement
from shared.effects.erasure import Erase, ErasedPayment
from shared.records.books import Books
from shared.records.order import Order
from shared.records.organization import Organization
from shared.records.payment import Payment
from shared.stripe_objects.event import Event


def erasure_of(organization: Organization, event: Event) -> tuple[Erase, Announcement]:
    """The erasure of a customer as of `event`, and its announcement."""
    account, customer, version = organization.account, organization.subject, organization.overall_version
    told = Announcement(
        id=f"{event.id}:organization.erased",
        name="organization.erased",
        at=event.created,
        account=account,
        customer=customer,
        record=f"{organization.partition}/{organization.sort_key}",
        version=version,
    )
    return Erase(account=account, customer=customer, as_of=event.created, version=version), told


def payment_of_guest(order: Order, books: Books) -> Payment | None:
    """The payment of a guest's order; None for an order that costs nothing, and for the payment of a customer."""
    paid_by = order.session.value.payment_intent if order.session else None
    payment = books.read(Payment, order.account, paid_by) if paid_by else None
    return payment if payment and payment.customer is None and payment.erased_at is None else None


def erasure_of_guest(order: Order, books: Books, event: Event) -> Erase:
    """The erasure of the guest who bought `order`, and of its payment, as of `event`."""
    payment = payment_of_guest(order, books)
    charge = payment.charge.value.id if payment and payment.charge else None
    paid = (ErasedPayment(id=payment.subject, version=payment.overall_version, charge=charge),) if payment else ()
    return Erase(
        account=order.account,
        customer=order.session_id,
        as_of=event.created,
        version=order.overall_version,
        guest=True,
        payments=paid,
    )
