"""customer.subscription.trial_will_end: Stripe's notice three days ahead, for trials too short for our reminder."""

from functions.consumer.handlers.customer_subscription_changed import SHORT_TRIAL
from shared.books import Books
from shared.decision import Decision
from shared.effects import DAY
from shared.event import Event
from shared.mailing import mail_to
from shared.stripe_objects import Subscription, read


def handle(event: Event, books: Books) -> Decision:
    """The subscription, and one mail a trial's end; none if the trial is over within a day, as when it is cut short."""
    subscription = read(Subscription, event.object)
    organization = books.organization(event.account, subscription.customer).with_subscription(subscription, event)
    now = organization.subscription(subscription.id)
    if now is None or now.status != "trialing" or now.trial_end is None:
        return Decision(save=(organization,))
    short = now.trial_end - (now.trial_start or now.start_date) < SHORT_TRIAL
    moved = now.trial_end != subscription.trial_end
    if moved or not short or now.trial_end - event.created <= DAY:
        return Decision(save=(organization,))
    mail = mail_to(organization, "trial_ending", f"{now.id}:{now.trial_end}", event, trial_end=now.trial_end)
    return Decision(save=(organization,), then=(mail,))
