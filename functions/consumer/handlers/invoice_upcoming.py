"""invoice.upcoming: a mail announces a yearly renewal before Stripe charges it; the invoice has no id yet."""

from shared.decisions.decision import NOTHING, Decision
from shared.mails.mail import At
from shared.mails.of_invoices import INVOICE_UPCOMING
from shared.mails.write import mail_to
from shared.records.books import Books
from shared.records.organization import Organization
from shared.stripe_objects.event import Event
from shared.stripe_objects.invoices import UpcomingInvoice
from shared.stripe_objects.objects import Contact, read
from shared.stripe_objects.subscriptions import Subscription


def handle(event: Event, books: Books) -> Decision:
    """One mail for each subscription and charge date; none if nothing is charged then."""
    upcoming = read(UpcomingInvoice, event.object)
    before = books.read(Organization, event.account, upcoming.customer)
    organization = before.with_contact(read(Contact, event.object), event)
    save = (organization,) if organization != before else ()
    if not upcoming.amount_due > 0 or not _renews(organization, upcoming, books):
        return Decision(save=save) if save else NOTHING
    mail = mail_to(
        organization,
        INVOICE_UPCOMING,
        At(str(upcoming.subscription), upcoming.charged_at),
        event,
        amount=upcoming.amount_due,
        currency=upcoming.currency,
        charged_at=upcoming.charged_at,
        url=books.policy.manage_url or None,
    )
    return Decision(save=save, then=(mail,))


def _renews(organization: Organization, upcoming: UpcomingInvoice, books: Books) -> bool:
    """Whether the subscription goes on, by an interval whose renewals the business announces."""
    subscription = organization.whole(upcoming.subscription or "")
    if subscription is None:  # not in the books yet: the length of the invoice's own period tells
        intervals = {"year"} if upcoming.yearly else {"month"}
    elif (
        not subscription.gives_access
        or subscription.ends_by(upcoming.charged_at)
        or _stands_still(subscription, upcoming)
    ):
        return False
    elif subscription.status == "trialing" and "trial_ending" not in books.policy.off:
        return False  # the mail about the trial's end announces the first charge
    else:
        intervals = {item.term for item in subscription.items if item.term}
    return bool(intervals & books.policy.upcoming)


def _stands_still(subscription: Subscription, upcoming: UpcomingInvoice) -> bool:
    """Whether the collection is still paused at the time of the charge."""
    return subscription.paused and (subscription.resumes_at or upcoming.charged_at + 1) > upcoming.charged_at
