"""reminder.grace_over: access ends by itself if the days of grace after a late payment end without the payment."""

from shared.decisions.access import grace_ends
from shared.decisions.decision import NOTHING, Decision
from shared.mails.mail import At
from shared.mails.of_subscriptions import ACCESS_ENDED
from shared.mails.write import mail_to
from shared.records.books import Books
from shared.records.organization import Organization
from shared.stripe_objects.event import Event
from shared.stripe_objects.objects import Reminder, read


def handle(event: Event, books: Books) -> Decision:
    """The organization without the late subscription's access, and one mail; nothing if the payment has come.

    If the days of grace now end later, the commit sets a reminder of the new day, unless an event has.
    """
    reminder = read(Reminder, event.object)
    organization = books.read(Organization, event.account, reminder.customer)
    ends_at = grace_ends(organization, books.policy).get(reminder.id)
    subscription = organization.whole(reminder.id)
    if subscription is None or ends_at is None:
        return NOTHING
    if ends_at > event.created:
        return Decision(save=(organization,))
    mail = mail_to(
        organization,
        ACCESS_ENDED,
        At(reminder.id, ends_at),
        event,
        plan=books.policy.plans.described(subscription),
        url=organization.payment_link(reminder.id) or books.policy.manage_url or None,
    )
    return Decision(save=(organization.with_grace_over(reminder.id, ends_at),), then=(mail,))
