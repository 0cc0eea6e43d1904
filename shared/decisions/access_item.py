"""The access item: the public answer to "what may this customer do now?", one plain item a customer and account.

Apps read it in the table `access`, so it is a contract: docs/access.v1.schema.json is made from it. A field is never
removed and never changes its type or meaning. An attribute that is unknown or does not apply is absent.
"""

from collections.abc import Mapping
from typing import Literal, Self

from pydantic import Field

from shared.values.frozen import Frozen

type Status = Literal["active", "trialing", "grace", "past_due", "paused", "ended", "none", "unknown"]


class SubscriptionAccess(Frozen):
    """One subscription that has not ended."""

    id: str = Field(description="Stripe's id, sub_…")
    status: Status = Field(description="As the customer's, for this subscription alone")
    access: bool = Field(description="Whether the subscription gives access")
    access_until: int | None = Field(None, description="When its access ends by itself, in epoch seconds")
    plan: str | None = Field(None, description="Its plan in plans.toml")
    quantity: int | None = Field(None, description="The quantity of its first item; absent for a metered price")
    prices: tuple[str, ...] = Field((), description="The ids of its prices")
    period_end: int | None = Field(None, description="When the current period ends, in epoch seconds")
    metadata: Mapping[str, str] = Field({}, description="The metadata that plans.toml names")


class AccessItem(Frozen):
    """What a customer of one Stripe account may do. It names no person and no address."""

    schema_version: Literal[1] = Field(1, description="The version of this schema")
    account: str = Field(description="The connected account, acct_…, or `platform`")
    customer: str = Field(description="Stripe's id of the customer, cus_…")
    reference: str | None = Field(None, description="The business's own id of the customer")
    status: Status = Field(description="`unknown`: no event has told of a subscription that may exist")
    access: bool | None = Field(None, description="Whether the customer has access; absent if unknown")
    access_until: int | None = Field(
        None, description="When access ends by itself, in epoch seconds. From then on `access` counts as false"
    )
    granted_until: int | None = Field(
        None, description="When a grant of the business's own ends, in epoch seconds; absent without a grant"
    )
    granted_features: tuple[str, ...] | None = Field(
        None, description="The features that a grant alone gives, sorted; absent if there are none"
    )
    granted_limits: tuple[str, ...] | None = Field(
        None, description="The limits that are higher by a grant, sorted; absent if there are none"
    )
    plan: str | None = Field(None, description="The plan in plans.toml")
    features: tuple[str, ...] = Field((), description="The features that are switched on, sorted")
    limits: Mapping[str, int] = Field({}, description="The limits by name")
    past_due: bool = Field(default=False, description="Whether a payment is late, with access or without")
    trial_ends_at: int | None = Field(None, description="When the trial ends, in epoch seconds")
    renews_at: int | None = Field(None, description="When the next period begins, in epoch seconds")
    ends_at: int | None = Field(None, description="When all subscriptions are set to end, in epoch seconds")
    subscriptions: tuple[SubscriptionAccess, ...] = Field((), description="The subscriptions that have not ended")
    ended_subscriptions: tuple[str, ...] = Field(
        (), description="Stripe's ids of the newest subscriptions that have ended, eight at most"
    )
    version: int = Field(0, description="Grows with each change; of two items the higher version is the newer")
    changed_at: int = Field(0, description="When the event behind the last change was created, in epoch seconds")
    policy: str = Field("", description="The hash of the rules that the item was computed with")

    def naming_the_grant(self, without: "AccessItem") -> Self:
        """A copy that names the features and limits that `without`, the same item without the grant, lacks."""
        features = sorted({*self.features} - {*without.features})
        limits = sorted(name for name, number in self.limits.items() if number > without.limits.get(name, 0))
        update = {"granted_features": tuple(features) or None, "granted_limits": tuple(limits) or None}
        return self.model_copy(update=update)


class AccessChange(Frozen):
    """A change that the commit writes beside the record of the customer.

    Args:
        partition: the customer's partition.
        item: the item to write; None if the customer is erased, and the commit deletes the item.
        before: the reference that an earlier commit wrote; None if it wrote none.
    """

    partition: str
    item: AccessItem | None = None
    before: str | None = None
