"""farewell.due: an hour after the last subscription ended, say goodbye, unless the customer is back by now."""

from functions.consumer.handlers.customer_subscription_deleted import FAREWELL_AFTER
from shared.books import Books
from shared.decision import NOTHING, Decision
from shared.effects import MAIL_EXPIRES_AFTER, Email
from shared.event import Event
from shared.stripe_objects import Reminder, read


def handle(event: Event, books: Books) -> Decision:
    """One mail; silent if any subscription gives access, or if the end that it was set for is not the newest word."""
    reminder = read(Reminder, event.object)
    organization = books.organization(event.account, reminder.customer)
    ended = organization.subscriptions.get(reminder.id)
    if organization.access or ended is None or ended.second + FAREWELL_AFTER != event.created:
        return NOTHING
    mail = Email(
        template="farewell",
        to=organization.address,
        partition=organization.partition,
        key=f"farewell:{reminder.id}",
        expires=event.created + MAIL_EXPIRES_AFTER,
        data={
            "name": organization.name,
            "ended_at": ended.value.ended_at or ended.second,
            "reason": ended.value.reason,
        },
    )
    return Decision(then=(mail,))
