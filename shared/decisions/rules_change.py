"""A change of the business's rules, as `billhook plans apply` tells it for one customer."""

from collections.abc import Mapping

from shared.decisions.access import access_of
from shared.decisions.facts import facts_of
from shared.decisions.journal import Change
from shared.effects.announcement import Announcement
from shared.policy.policy import Policy
from shared.records.organization import Organization
from shared.stripe_objects.event import Event
from shared.values.frozen import Frozen, Scalar


class Offer(Frozen):
    """What an access item says a customer may do."""

    access: bool | None = None
    plan: str | None = None
    features: tuple[str, ...] = ()
    limits: Mapping[str, int] = {}

    @property
    def facts(self) -> Mapping[str, Scalar]:
        """The same as facts, with the names that the facts about a customer have."""
        limits = {f"limit_{name}": number for name, number in self.limits.items()}
        return {"access": self.access, "plan": self.plan, **limits, **{f"feature_{one}": True for one in self.features}}


class RulesChange(Frozen):
    """New rules for one customer.

    Args:
        customer: the customer.
        policy: the hash of the new rules.
        was: what the item of the earlier rules said; None if the customer had none.
    """

    customer: str
    policy: str
    was: Offer | None = None


def offer_to(organization: Organization, policy: Policy) -> Offer:
    """What the access item of a customer says by the rules of `policy`."""
    return Offer.model_validate(access_of(organization, policy, 0).model_dump())


def announcement_of(was: Offer | None, organization: Organization, event: Event, policy: Policy) -> Announcement | None:
    """The announcement that a customer may do something else than `was`; None if nothing is else, or was known."""
    item, now = access_of(organization, policy, event.created), offer_to(organization, policy)
    if was is None or was == now:
        return None
    name = _name(was, now)
    return Announcement(
        id=f"{event.id}:{name}",
        name=name,
        at=event.created,
        account=organization.account,
        customer=organization.subject,
        record=f"{organization.partition}/{organization.sort_key}",
        version=organization.overall_version + 1,
        reference=item.reference,
        facts={fact: value for fact, value in facts_of(organization, policy).items() if value is not None},
    )


def changes_from(was: Offer | None, organization: Organization, policy: Policy) -> Mapping[str, Mapping[str, Change]]:
    """The facts that the new rules change, as a journal holds them; empty if nothing changes, or was known.

    The record stays as it is, so a comparison of the record before and after would find no change.
    """
    if was is None:
        return {}
    old, new = was.facts, offer_to(organization, policy).facts
    changed = {name: (old.get(name), new.get(name)) for name in (*old, *new) if old.get(name) != new.get(name)}
    return {f"{organization.partition}/{organization.sort_key}": changed} if changed else {}


def _name(was: Offer, now: Offer) -> str:
    if now.access and not was.access:
        return "organization.access_granted"
    if was.access and now.access is False:
        return "organization.access_revoked"
    return "organization.plan_changed"
