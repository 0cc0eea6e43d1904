"""farewell.due: an hour after the last subscription ended, say goodbye, unless the customer is back by now."""

from shared.books import Books
from shared.decision import NOTHING, Decision
from shared.effects import MAIL_EXPIRES_AFTER, Email
from shared.event import Event
from shared.stripe_objects import Reminder, read


def handle(event: Event, books: Books) -> Decision:
    """One mail; silent if any subscription gives access, or if another one has ended later and says it then."""
    reminder = read(Reminder, event.object)
    organization = books.organization(event.account, reminder.customer)
    ended = organization.last_ended
    if organization.access or ended is None or ended.id != reminder.id:
        return NOTHING
    mail = Email(
        template="farewell",
        to=organization.address,
        partition=organization.partition,
        key=f"farewell:{reminder.id}",
        expires=event.created + MAIL_EXPIRES_AFTER,
        data={
            "name": organization.name,
            "ended_at": ended.ended_at,
            "reason": ended.reason,
        },
    )
    return Decision(then=(mail,))
