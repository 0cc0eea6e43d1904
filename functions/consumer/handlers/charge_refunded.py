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
    difference = charge.amount_refunded - previous if isinstance(previous, int) else charge.amount_refunded
    if charge.customer is None or difference <= 0:
        return Decision(save=(payment,))
    mail = mail_to(
        books.organization(event.account, charge.customer),
        "refund",
        f"{charge.id}:{charge.amount_refunded}",
        event,
        amount=difference,
        total=charge.amount_refunded,
        currency=charge.currency,
        whole=charge.amount_refunded >= charge.amount,
        url=charge.receipt_url,
    )
    return Decision(save=(payment,), then=(mail,))
