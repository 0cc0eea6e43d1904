"""erasure.guest_asked: a person has asked to erase a guest now, with `billhook erase-guest`."""

from shared.decisions.decision import NOTHING, Decision
from shared.decisions.erasing import erasure_of_guest
from shared.records.books import Books
from shared.records.order import Order
from shared.stripe_objects.event import Event
from shared.stripe_objects.objects import Reminder, read


def handle(event: Event, books: Books) -> Decision:
    """The erasure, even while money is open, since late money needs no name; nothing if the guest is unknown."""
    session = read(Reminder, event.object).customer
    order = books.read(Order, event.account, session, session)
    return Decision(then=(erasure_of_guest(order, books, event),)) if order.version else NOTHING
