"""The record of a customer: what follows from its facts, derived on each read and never stored."""

from collections.abc import Mapping
from typing import Literal

from shared.policy.policy import Policy
from shared.records.debts import Debts
from shared.stripe_objects.subscriptions import Subscription, SubscriptionItem
from shared.values import keys
from shared.values.times import HOUR

RETURNS_WITHIN = HOUR
"""A subscription that begins within this time after another's end replaces it, in seconds."""

type TrialsEnd = Literal[
    "end", "free", "charge", "invoice", "unknown", "cancel", "pause", "cancel_if_none", "pause_if_none"
]
"""What happens to a subscription at the end of its trial.

It ends (`end`), continues free of charge (`free`), or is charged (`charge`, or by `invoice`). Without a payment method
Stripe cancels or pauses it; `cancel_if_none` and `pause_if_none` mean that Billhook does not know of a method.
"""


class Organization(Debts):
    """One customer of one Stripe account; `subject` is the customer's id."""

    @property
    def sort_key(self) -> str:
        """Its sort key within the partition."""
        return keys.ORGANIZATION

    @property
    def address(self) -> str | None:
        """The customer's own address, else the newest address on another object; None if unknown."""
        own = self.profile.value.email if self.profile else None
        # If the customer has removed the address since, older addresses no longer count.
        newer = self.contact and (self.profile is None or self.contact.second >= self.profile.second)
        return own or (self.contact.value.email if self.contact and newer else None)

    @property
    def address_changed_at(self) -> int | None:
        """When the address last changed, in epoch seconds; None if no event has told another one."""
        return self.known_addresses.changed_at(self.address) if self.address else None

    @property
    def name(self) -> str | None:
        """The name to greet the customer by; None if unknown."""
        own = self.profile.value.name if self.profile else None
        return own or (self.contact.value.name if self.contact else None)

    @property
    def members(self) -> Mapping[str, str]:
        """The role of each member, by address: the customer is the one member, and an admin."""
        return {self.address: "ADMIN"} if self.address else {}

    @property
    def muted(self) -> bool:
        """Whether the customer gets no more mail, because Stripe has deleted it."""
        return self.deleted

    @property
    def reference(self) -> str | None:
        """The business's own id of the customer, from the newest Checkout session that carries one."""
        return self.checkout.value.client_reference_id if self.checkout else None

    @property
    def subscriptions_with_access(self) -> tuple[Subscription, ...]:
        """The subscriptions that give access now, each with all items."""
        wholes = (self.whole(name) for name in self.subscriptions)
        return tuple(one for one in wholes if one and one.gives_access)

    @property
    def access(self) -> bool | None:
        """Whether a subscription or a grant gives access now; None if no event has told of a subscription yet.

        A deleted customer has no access: Stripe cancels the subscriptions at once.
        """
        if self.deleted:
            return False
        if self.granted or self._pays:
            return True
        return None if self.may_have_unseen_subscription else False

    @property
    def may_have_unseen_subscription(self) -> bool:
        """Whether a subscription may exist that no event has told of, for one because an invoice names it."""
        return bool(self.unseen) or not (self.subscribed or self.profile)

    @property
    def is_still_subscribed(self) -> bool:
        """Whether any subscription gives access or is on hold; a paused or unpaid subscription has not ended."""
        dormant = any(facet.value.is_on_hold for facet in self.subscriptions.values())
        return (self._pays or dormant) and not self.deleted

    @property
    def _pays(self) -> bool:
        return any(facet.value.gives_access for facet in self.subscriptions.values())

    def whole(self, subscription_id: str) -> Subscription | None:
        """A subscription with all known items, each with the earlier lookup keys of its price; None if unknown.

        An event embeds ten items only; further items come from the newest complete event.
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
        """Whether a payment method is on file for the subscription; None if no event has told of the customer's own."""
        if subscription.payment_method:
            return True
        return self.profile.value.can_pay if self.profile else None

    def at_trials_end(self, subscription: Subscription) -> TrialsEnd:  # noqa: PLR0911 - a table
        """What happens when the subscription's trial ends, as far as Stripe has told."""
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
        """Whether the customer had no other subscription when this one began, and none had just ended."""
        others = [one.value for name, one in self.subscriptions.items() if name != subscription.id]
        started = (
            one for one in (*others, *self.ended.values()) if self.started.get(one.id, True) and not one.never_started
        )
        begun = subscription.begun_at
        return all(one.status == "canceled" and (one.ended_at or 0) + RETURNS_WITHIN <= begun for one in started)

    def erasable_at(self, policy: Policy) -> int | None:
        """When to erase the customer, in epoch seconds: at deletion or some time after the last end; None for never.

        A grant counts as long as a subscription does.
        """
        if self.deleted and self.profile and policy.erase_deleted:
            return self.profile.second
        ended = self.last_ended.ended_at if self.last_ended else None
        if ended is None or (self.kept_at is not None and ended <= self.kept_at):
            return None
        over = max(ended, self.grant.value.over_at) if self.grant else ended
        return over + policy.erase_after if policy.erase_after else None

    def lives_after(self, second: int) -> bool:
        """Whether an event after `second`, in epoch seconds, told of a subscription that gives access."""
        return any(one.second > second and one.value.gives_access for one in self.subscriptions.values())

    @property
    def last_ended(self) -> Subscription | None:
        """The subscription that ended last, or None; in the same second, the larger id wins."""
        # A subscription that never started has nothing that could end.
        canceled = [
            facet.value
            for name, facet in self.subscriptions.items()
            if facet.value.status == "canceled" and self.started.get(name, True)
        ]
        canceled += self.ended.values()
        return max(canceled, key=lambda one: (one.ended_at or 0, one.id), default=None)
