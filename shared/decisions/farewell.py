"""The farewell to a customer who has left: the export, and the mail that links to it."""

from shared.effects.effect import Effect
from shared.effects.email import Email
from shared.effects.erasure import Export
from shared.mails.mail import Once
from shared.mails.of_subscriptions import FAREWELL
from shared.mails.to_operator_of_erasures import EXPORT_WITHHELD
from shared.mails.write import mail_to, tell_operator
from shared.policy.policy import Policy
from shared.records.books import Books, money_is_open
from shared.records.organization import Organization
from shared.stripe_objects.event import Event
from shared.stripe_objects.subscriptions import Subscription


def farewell(
    organization: Organization, ended: Subscription, key: Once, event: Event, books: Books, *beside: Effect
) -> tuple[Effect, ...]:
    """The effects of a farewell. Without a link no file is written, and the operator hears of it.

    Args:
        organization: the customer.
        ended: the subscription that ended last.
        key: the key of the mails.
        event: the event that asks for the farewell.
        books: the books.
        beside: other effects of the same decision, which stand after the export.
    """
    erasable_at = organization.erasable_at(books.policy)
    waits = books.policy.erase_waits and money_is_open(organization, books)
    erased_at = None if waits else erasable_at
    linked = _gets_link(organization, event, books.policy)
    export = (Export(account=event.account, customer=organization.subject),) if linked else ()
    told = _withheld(organization, key, erased_at, event, books.policy) if not linked else ()
    mail = mail_to(
        organization,
        FAREWELL,
        key,
        event,
        ended_at=ended.ended_at,
        reason=ended.reason,
        erased_at=erased_at,
        waits=waits and erasable_at is not None,
        export=linked,
    )
    return (*export, *beside, mail, *told)


def _gets_link(organization: Organization, event: Event, policy: Policy) -> bool:
    """Whether the customer gets a link: an address that has changed a short while ago may be an attacker's."""
    changed_at = organization.address_changed_at
    is_new = changed_at is not None and event.created - changed_at < policy.export_address_age
    return policy.export_links and not organization.muted and not is_new


def _withheld(
    organization: Organization, key: Once, erased_at: int | None, event: Event, policy: Policy
) -> tuple[Email, ...]:
    """The operator's mail about a customer who gets a farewell without a link."""
    if organization.muted:
        return ()
    place, customer = organization.partition, organization.subject
    changed_at = organization.address_changed_at if policy.export_links else None
    return (tell_operator(place, EXPORT_WITHHELD, key, event, customer, changed_at, erased_at),)
