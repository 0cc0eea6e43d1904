"""The effects of an erasure, which three handlers may decide on: the deletion, and the announcement of it."""

from shared.effects.announcement import Announcement
from shared.effects.erasure import Erase
from shared.records.organization import Organization
from shared.stripe_objects.event import Event


def erasure_of(organization: Organization, event: Event) -> tuple[Erase, Announcement]:
    """The erasure of a customer as of `event`, and its announcement."""
    account, customer, version = organization.account, organization.subject, organization.overall_version
    told = Announcement(
        id=f"{event.id}:organization.erased",
        name="organization.erased",
        at=event.created,
        account=account,
        customer=customer,
        record=f"{organization.partition}/{organization.sort_key}",
        version=version,
    )
    return Erase(account=account, customer=customer, as_of=event.created, version=version), told
