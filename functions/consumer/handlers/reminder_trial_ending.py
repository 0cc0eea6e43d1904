"""reminder.trial_ending: a week before a trial ends, say so, unless it has ended, moved or been left by then."""

from functions.consumer.handlers.customer_subscription_changed import TRIAL_REMINDER
from shared.books import Books
from shared.decision import NOTHING, Decision
from shared.effects import DAY
from shared.event import Event
from shared.mailing import mail_to
from shared.stripe_objects import Reminder, read


def handle(event: Event, books: Books) -> Decision:
    """One mail a trial's end; silent unless it is trialing still, to that very day."""
    reminder = read(Reminder, event.object)
    organization = books.organization(event.account, reminder.customer)
    now = organization.subscription(reminder.id)
    if now is None or now.status != "trialing" or now.trial_end is None:
        return NOTHING
    if now.trial_end - TRIAL_REMINDER != event.created or now.trial_end - event.created <= DAY:
        return NOTHING
    mail = mail_to(organization, "trial_ending", f"{now.id}:{now.trial_end}", event, trial_end=now.trial_end)
    return Decision(then=(mail,))
