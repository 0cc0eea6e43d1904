"""farewell.due: a mail says farewell an hour after the last subscription ended, unless the customer is back."""

from shared.decisions.decision import NOTHING, Decision
from shared.effects.email import Email
from shared.effects.erasure import Export
from shared.effects.remind import erasure_at
from shared.mails.mail import Once
from shared.mails.of_subscriptions import FAREWELL
from shared.mails.to_operator_of_erasures import EXPORT_WITHHELD
from shared.mails.write import mail_to, tell_operator
from shared.policy.policy import Policy
from shared.records.books import Books, money_is_open
from shared.records.organization import Organization
from shared.stripe_objects.event import Event
from shared.stripe_objects.objects import Reminder, read


def handle(event: Event, books: Books) -> Decision:
    """An export, a mail that links to it, and the schedule of the erasure; nothing while the customer keeps access.

    If another subscription has ended later, its own schedule says farewell. Without a link no file is written, and the
    operator hears of it.
    """
    reminder = read(Reminder, event.object)
    organization = books.read(Organization, event.account, reminder.customer)
    ended = organization.last_ended
    if organization.is_still_subscribed or ended is None or ended.id != reminder.id:
        return NOTHING
    erasable_at = organization.erasable_at(books.policy)
    waits = books.policy.erase_waits and money_is_open(organization, books)
    erased_at = None if waits else erasable_at
    linked = _gets_link(organization, event, books.policy)
    export = (Export(account=event.account, customer=reminder.customer),) if linked else ()
    told = _withheld(organization, reminder.id, erased_at, event, books.policy) if not linked else ()
    erasure = (erasure_at(erasable_at, event.account, reminder.customer),) if erasable_at else ()
    mail = mail_to(
        organization,
        FAREWELL,
        Once(reminder.id),
        event,
        ended_at=ended.ended_at,
        reason=ended.reason,
        erased_at=erased_at,
        waits=waits and erasable_at is not None,
        export=linked,
    )
    return Decision(then=(*export, *erasure, mail, *told))


def _gets_link(organization: Organization, event: Event, policy: Policy) -> bool:
    """Whether the customer gets a link: an address that has changed a short while ago may be an attacker's."""
    changed_at = organization.address_changed_at
    is_new = changed_at is not None and event.created - changed_at < policy.export_address_age
    return policy.export_links and not organization.muted and not is_new


def _withheld(
    organization: Organization, subscription: str, erased_at: int | None, event: Event, policy: Policy
) -> tuple[Email, ...]:
    """The operator's mail about a customer who gets a farewell without a link."""
    if organization.muted:
        return ()
    place, customer = organization.partition, organization.subject
    changed_at = organization.address_changed_at if policy.export_links else None
    key = Once(subscription)
    return (tell_operator(place, EXPORT_WITHHELD, key, event, customer, changed_at, erased_at),)
