"""THE table: which handler decides on which event, and why it is there. What is not in it is recorded as ignored."""

from collections.abc import Callable, Mapping

from functions.consumer.handlers import (
    checkout_session_completed,
    customer_subscription_changed,
    customer_subscription_deleted,
    farewell_due,
    invoice_paid,
    invoice_payment_failed,
    reminder_payment_failed,
)
from functions.consumer.message import Message
from shared.books import Books
from shared.decision import Decision
from shared.event import Event

type Handler = Callable[[Event, Books], Decision]

ROUTES: Mapping[str, Handler] = {
    # A one-off purchase is fulfilled once it is paid; a subscription's buyer tells us where mail goes.
    "checkout.session.completed": checkout_session_completed.handle,
    # Access follows the subscription, whatever became of its invoices.
    "customer.subscription.created": customer_subscription_changed.handle,
    "customer.subscription.updated": customer_subscription_changed.handle,
    # The last of a customer's subscriptions takes access with it, and an hour later says farewell.
    "customer.subscription.deleted": customer_subscription_deleted.handle,
    # What was owed is paid: reminders about it fall silent.
    "invoice.paid": invoice_paid.handle,
    # The customer can mend it: told now, and again in three days if it is still owed.
    "invoice.payment_failed": invoice_payment_failed.handle,
    # Ours, by schedule: each asks the books about its own subject when it comes due.
    "reminder.payment_failed": reminder_payment_failed.handle,
    "farewell.due": farewell_due.handle,
}


def decide(event: Event, books: Books) -> Decision:
    """What `event` means, by the handler of its type.

    Raises:
        Permanent: the event's object is not as Stripe documents it.
    """
    return ROUTES[event.type](event, books)


def ignorer(*, livemode: bool) -> Callable[[Message], str | None]:
    """A function that says why a message is to be ignored, or None; a message that is no event is not ignored."""

    def ignore(message: Message) -> str | None:
        if message.thin:
            return "a thin event: enable snapshot events on this endpoint"
        if not message.own and message.livemode is not None and message.livemode != livemode:
            return "a test-mode event on a live stack" if livemode else "a live event on a test-mode stack"
        if message.type not in ROUTES and not message.event_id.startswith("message:"):
            return "no handler for its type"
        return None

    return ignore
