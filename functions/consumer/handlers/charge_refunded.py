"""charge.refunded: tell the customer what went back this time; the charge itself tells only the total so far."""

from shared.books import Books
from shared.decision import Decision
from shared.event import Event
from shared.mailing import mail_to
from shared.stripe_objects import read
from shared.stripe_payments import Charge


def handle(event: Event, books: Books) -> Decision:
    """The payment, and one mail a total; a customer whom nobody has told us of yet gets it once an address is known."""
    charge = read(Charge, event.object)
    payment = books.payment(event.account, charge.payment_intent or charge.id).with_charge(charge, event)
    previous = (event.data.previous_attributes or {}).get("amount_refunded")
    before = previous if isinstance(previous, int) else 0
    # None if all of it is known to have failed since.
    if charge.customer is None or payment.refunded <= before:
        return Decision(save=(payment,))
    mail = mail_to(
        books.organization(event.account, charge.customer),
        "refund",
        f"{payment.subject}:{charge.amount_refunded}",
        event,
        amount=charge.amount_refunded - before,
        total=charge.amount_refunded,
        currency=charge.currency,
        whole=charge.amount_refunded >= charge.amount,
        url=charge.receipt_url,
    )
    return Decision(save=(payment,), then=(mail,))
