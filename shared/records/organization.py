"""The record of a customer: what follows from all that was heard of it, derived and never stored."""

from collections.abc import Mapping
from typing import Literal

from shared.policy.policy import Policy
from shared.records.debts import Debts
from shared.stripe_objects.subscriptions import Subscription, SubscriptionItem
from shared.values import keys
from shared.values.times import HOUR

RETURNS_WITHIN = HOUR
"""A subscription that begins this soon after another has ended replaces it, and begins no new life."""

type TrialsEnd = Literal[
    "end", "free", "charge", "invoice", "unknown", "cancel", "pause", "cancel_if_none", "pause_if_none"
]
"""What comes of a subscription at its trial's end.

It ends by itself, continues free of charge, or is charged, by itself or by invoice. `cancel` and `pause` come without a
payment method; `cancel_if_none` and `pause_if_none`, if nobody knows whether there is one.
"""


class Organization(Debts):
    """One customer of one Stripe account, whatever it has bought; `subject` is the customer's id."""

    @property
    def sort_key(self) -> str:
        """Its sort key within the partition."""
        return keys.ORGANIZATION

    @property
    def address(self) -> str | None:
        """Where mail goes, if anything has told us yet: the customer's own address, else one of another object's."""
        own = self.profile.value.email if self.profile else None
        # A customer who has removed their address since is not written to at an older one.
        newer = self.contact and (self.profile is None or self.contact.second >= self.profile.second)
        return own or (self.contact.value.email if self.contact and newer else None)

    @property
    def name(self) -> str | None:
        """How to greet them, if anything has told us yet."""
        own = self.profile.value.name if self.profile else None
        return own or (self.contact.value.name if self.contact else None)

    @property
    def members(self) -> Mapping[str, str]:
        """Who belongs to it, by address, and in which role: the customer, who may do everything."""
        return {self.address: "ADMIN"} if self.address else {}

    @property
    def muted(self) -> bool:
        """Whether nothing more is said to them, since the customer was deleted at Stripe."""
        return self.deleted

    @property
    def reference(self) -> str | None:
        """The business's own id of the customer, as the newest Checkout session that had one carried it."""
        return self.checkout.value.client_reference_id if self.checkout else None

    @property
    def subscriptions_with_access(self) -> tuple[Subscription, ...]:
        """The subscriptions that give access now, each as a whole."""
        wholes = (self.whole(name) for name in self.subscriptions)
        return tuple(one for one in wholes if one and one.gives_access)

    @property
    def access(self) -> bool | None:
        """Whether any subscription gives access now; None if nothing tells, as before any of them was heard of.

        Stripe cancels the subscriptions of a customer who is deleted at once.
        """
        if self.deleted:
            return False
        if any(facet.value.gives_access for facet in self.subscriptions.values()):
            return True
        return None if self.may_have_unseen_subscription else False

    @property
    def may_have_unseen_subscription(self) -> bool:
        """Whether there may be a subscription that no event has told of: an invoice names it, or nobody knows them."""
        return bool(self.unseen) or not (self.subscribed or self.profile)

    @property
    def is_still_subscribed(self) -> bool:
        """Whether any subscription gives access or may give it again: one that is paused or unpaid has not ended."""
        dormant = any(facet.value.is_on_hold for facet in self.subscriptions.values())
        return bool(self.access) or (dormant and not self.deleted)

    @property
    def quantities(self) -> tuple[tuple[str, int | None], ...]:
        """What all that is alive is for: each price and how many of it, twice what is bought twice."""
        return tuple(sorted((pair for one in self.subscriptions_with_access for pair in one.quantities), key=str))

    @property
    def ends_at(self) -> int | None:
        """When the last of what is alive will end, if all of it is set to end."""
        ends = [one.ends_at for one in self.subscriptions_with_access]
        known = [end for end in ends if end is not None]
        return max(known) if known and len(known) == len(ends) else None

    def whole(self, subscription_id: str) -> Subscription | None:
        """A subscription with all items known of it: an event embeds ten, and those kept from before stay.

        Each item knows the lookup keys that its price has had.
        """
        newest = self.subscription(subscription_id)
        if newest is None:
            return None
        shown = newest.prices
        before = self.complete[subscription_id].value.items if subscription_id in self.complete else ()
        items = (*newest.items, *(item for item in before if item.price not in shown))
        return newest.model_copy(update={"items": tuple(map(self._recognized, items))})

    def _recognized(self, item: SubscriptionItem) -> SubscriptionItem:
        earlier = frozenset(self.lookup_keys.get(item.price, ())) - {item.lookup_key}
        return item.model_copy(update={"earlier_keys": earlier}) if earlier else item

    def can_pay(self, subscription: Subscription) -> bool | None:
        """Whether a payment method is on file for it; None if no event has told of the customer's own."""
        if subscription.payment_method:
            return True
        return self.profile.value.can_pay if self.profile else None

    def at_trials_end(self, subscription: Subscription) -> TrialsEnd:  # noqa: PLR0911 - a table
        """What happens when its trial ends, as far as Stripe has told."""
        if subscription.trial_end is not None and subscription.ends_by(subscription.trial_end):
            return "end"
        if subscription.amount == 0:
            return "free"
        can_pay = self.can_pay(subscription)
        match subscription.collection_method, subscription.without_method:
            case ("send_invoice", _):
                return "invoice"
            case _ if can_pay:
                return "charge"
            case (_, "cancel"):
                return "cancel_if_none" if can_pay is None else "cancel"
            case (_, "pause"):
                return "pause_if_none" if can_pay is None else "pause"
            case (_, "create_invoice"):
                return "invoice"
        return "unknown"

    def begins_a_life(self, subscription: Subscription) -> bool:
        """Whether the customer had nothing when this one began: nothing else lives, and nothing ended just before."""
        others = [one.value for name, one in self.subscriptions.items() if name != subscription.id]
        started = (
            one for one in (*others, *self.ended.values()) if self.started.get(one.id, True) and not one.never_started
        )
        begun = subscription.begun_at
        return all(one.status == "canceled" and (one.ended_at or 0) + RETURNS_WITHIN <= begun for one in started)

    def erasable_at(self, policy: Policy) -> int | None:
        """When it is to be erased, in epoch seconds: once the customer was deleted, or some time after the last end."""
        if self.deleted and self.profile and policy.erase_deleted:
            return self.profile.second
        ended = self.last_ended.ended_at if self.last_ended else None
        return ended + policy.erase_after if ended and policy.erase_after else None

    @property
    def last_ended(self) -> Subscription | None:
        """The subscription that ended last, if any has; of two in one second, the one whose id sorts last."""
        # One that expired or was given up before its first payment never gave anything that could end.
        canceled = [
            facet.value
            for name, facet in self.subscriptions.items()
            if facet.value.status == "canceled" and self.started.get(name, True)
        ]
        canceled += self.ended.values()
        return max(canceled, key=lambda one: (one.ended_at or 0, one.id), default=None)
