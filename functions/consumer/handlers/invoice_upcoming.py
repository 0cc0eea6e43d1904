"""invoice.upcoming: a renewal that comes once a year is announced before it is charged; the invoice has no id yet."""

from shared.books import Books
from shared.decision import NOTHING, Decision
from shared.event import Event
from shared.mailing import mail_to
from shared.records import Organization
from shared.stripe_objects import Contact, UpcomingInvoice, read


def handle(event: Event, books: Books) -> Decision:
    """One mail a subscription and charge date; none if it costs nothing, or while it is cancelling, paused or ended."""
    upcoming = read(UpcomingInvoice, event.object)
    before = books.organization(event.account, upcoming.customer)
    organization = before.with_contact(read(Contact, event.object), event)
    save = (organization,) if organization != before else ()
    if not upcoming.amount_due > 0 or not _renews(organization, upcoming, books):
        return Decision(save=save) if save else NOTHING
    charged_at = upcoming.next_payment_attempt or upcoming.created
    mail = mail_to(
        organization,
        "invoice_upcoming",
        f"{upcoming.subscription}:{charged_at}",
        event,
        amount=upcoming.amount_due,
        currency=upcoming.currency,
        charged_at=charged_at,
    )
    return Decision(save=save, then=(mail,))


def _renews(organization: Organization, upcoming: UpcomingInvoice, books: Books) -> bool:
    """Whether the subscription, as far as the books know it, goes on by an interval that is worth announcing."""
    subscription = organization.subscription(upcoming.subscription or "")
    if subscription is None:  # not heard of yet: the length of the invoice's own period tells
        intervals = {"year"} if upcoming.yearly else {"month"}
    elif not subscription.alive or subscription.ends_at or subscription.paused:
        return False
    else:
        intervals = {item.term for item in subscription.items if item.term}
    return bool(intervals & books.policy.upcoming)
