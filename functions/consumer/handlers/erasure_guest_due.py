"""erasure.guest_due: the date to erase the guest of an order, days after the Checkout session."""

from shared.decisions.decision import NOTHING, Decision
from shared.decisions.erasing import erasure_of_guest, payment_of_guest
from shared.effects.remind import guest_erasure_at
from shared.records.books import Books
from shared.records.order import Order
from shared.stripe_objects.event import Event
from shared.stripe_objects.objects import Reminder, read
from shared.values.times import DAY

WEEK = 7 * DAY
WAITS_AT_MOST = 16 * WEEK
"""How long an erasure waits for open money at most, as that of a customer does."""


def handle(event: Event, books: Books) -> Decision:
    """The erasure, or another try: in a week while money is open, or on the new date if the business has moved it."""
    session = read(Reminder, event.object).customer
    order = books.read(Order, event.account, session, session)
    due_at = order.erasable_at(books.policy)
    if order.version == 0 or due_at is None:
        return NOTHING
    if due_at > event.created:
        return Decision(then=(guest_erasure_at(due_at, event.account, session),))
    payment = payment_of_guest(order, books)
    is_open = order.awaits_settlement or (payment is not None and payment.awaits_settlement)
    if books.policy.erase_waits and is_open and event.created - due_at < WAITS_AT_MOST:
        return Decision(then=(guest_erasure_at(event.created + WEEK, event.account, session),))
    return Decision(then=(erasure_of_guest(order, books, event),))
