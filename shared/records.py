"""The records of the books: what is known of a customer, and what is derived from it, never stored twice."""

from collections.abc import Mapping
from typing import Self

from shared import keys
from shared.event import Event
from shared.facets import Facet, merge
from shared.policy import Policy
from shared.record import Correspondent
from shared.stripe_accounts import Customer
from shared.stripe_checkout import CheckoutSession
from shared.stripe_objects import Contact, Invoice, Subscription, read
from shared.stripe_payments import PaymentIntent


class Organization(Correspondent):
    """One customer of one Stripe account, whatever it has bought; `subject` is the customer's id."""

    erased_at: int | None = None
    """As of when it was erased before, in epoch seconds: what is older than that is refused."""
    profile: Facet[Customer] | None = None
    contact: Facet[Contact] | None = None
    checkout: Facet[CheckoutSession] | None = None
    subscriptions: Mapping[str, Facet[Subscription]] = {}
    invoices: Mapping[str, Facet[Invoice]] = {}
    closed: frozenset[str] = frozenset()
    """The ids of invoices that are paid or void, but for the newest: nothing that comes late reopens one."""
    declines: Mapping[str, Facet[PaymentIntent]] = {}
    """Why the newest payment of an open invoice was declined, by its id; the invoice itself does not say it."""
    lived: Mapping[str, bool] = {}
    """Whether a subscription was ever more than an attempt, by its id; its end alone does not tell."""
    reminders: Mapping[str, int] = {}
    """When the reminder about an invoice is due, in epoch seconds, by its id; firing at another time, it is stale."""

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
    def silent(self) -> bool:
        """Whether nothing more is said to them, since the customer was deleted at Stripe."""
        return self.deleted

    @property
    def deleted(self) -> bool:
        """Whether the customer was deleted at Stripe."""
        return self.profile is not None and self.profile.value.deleted

    @property
    def reference(self) -> str | None:
        """The business's own id of whoever bought, as the Checkout session carried it."""
        return self.checkout.value.client_reference_id if self.checkout else None

    @property
    def access(self) -> bool:
        """Whether any subscription gives access now; Stripe cancels those of a customer who is deleted at once."""
        return not self.deleted and any(facet.value.alive for facet in self.subscriptions.values())

    @property
    def stays(self) -> bool:
        """Whether any subscription gives access or may give it again: one that is paused or unpaid has not ended."""
        dormant = any(facet.value.status in {"paused", "unpaid"} for facet in self.subscriptions.values())
        return self.access or (dormant and not self.deleted)

    @property
    def bought(self) -> frozenset[tuple[str, int | None]]:
        """What all that is alive is for: each price and how many of it."""
        alive = (facet.value for facet in self.subscriptions.values() if facet.value.alive)
        return frozenset(pair for subscription in alive for pair in subscription.bought)

    @property
    def past_due(self) -> bool:
        """Whether a tried payment is owed, by an invoice or in the word of a subscription."""
        return any(facet.value.unpaid for facet in self.invoices.values()) or any(
            facet.value.status in {"past_due", "unpaid"} for facet in self.subscriptions.values()
        )

    @property
    def owes(self) -> bool:
        """Whether an invoice still waits for its payment."""
        return any(facet.value.status == "open" for facet in self.invoices.values())

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
            if facet.value.status == "canceled" and self.lived.get(name, True)
        ]
        return max(canceled, key=lambda one: (one.ended_at or 0, one.id), default=None)

    def invoice(self, invoice_id: str) -> Invoice | None:
        """The invoice as the newest event tells it, if any has."""
        facet = self.invoices.get(invoice_id)
        return facet.value if facet else None

    def paying(self, invoice_id: str) -> bool:
        """Whether a payment of the invoice is on its way, as a bank debit is for days."""
        return invoice_id in self.declines and self.declines[invoice_id].value.status == "processing"

    def subscription(self, subscription_id: str) -> Subscription | None:
        """The subscription as the newest event tells it, if any has."""
        facet = self.subscriptions.get(subscription_id)
        return facet.value if facet else None

    def with_invoice(self, invoice: Invoice, event: Event) -> Self:
        """Itself, having heard what `event` says of `invoice`; of those that are over, only the newest stays whole."""
        if invoice.id in self.closed:
            return self
        invoices = {**self.invoices, invoice.id: merge(self.invoices.get(invoice.id), event, invoice.kept)}
        over = sorted((one.value.created, name) for name, one in invoices.items() if one.value.final)
        older = {name for _, name in over[:-1]}
        update = {
            "invoices": {name: one for name, one in invoices.items() if name not in older},
            "closed": self.closed | older,
            "declines": {name: one for name, one in self.declines.items() if name not in {name for _, name in over}},
        }
        return self.model_copy(update=update)

    def told_by(self, invoice: Invoice, event: Event) -> Self:
        """Itself, having heard of `invoice` and of whom it is addressed to, both in the object of `event`."""
        return self.with_invoice(invoice, event).with_contact(read(Contact, event.object), event)

    def with_decline(self, invoice_id: str, intent: PaymentIntent, event: Event) -> Self:
        """Itself, having heard why a payment of an invoice was declined; of a closed one nobody asks."""
        known = self.invoice(invoice_id)
        if invoice_id in self.closed or (known and known.final):
            return self
        facet = merge(self.declines.get(invoice_id), event, intent)
        return self.model_copy(update={"declines": {**self.declines, invoice_id: facet}})

    def with_profile(self, customer: Customer, event: Event) -> Self:
        """Itself, having heard what `event` says of the customer: the one writer of its address."""
        return self.model_copy(update={"profile": merge(self.profile, event, customer)})

    def with_checkout(self, session: CheckoutSession, event: Event) -> Self:
        """Itself, bought in `session`."""
        return self.model_copy(update={"checkout": merge(self.checkout, event, session)})

    def with_subscription(self, subscription: Subscription, event: Event) -> Self:
        """Itself, having heard what `event` says of `subscription`."""
        name = subscription.id
        facet = merge(self.subscriptions.get(name), event, subscription)
        lived = dict(self.lived)
        if subscription.status != "canceled":
            lived[name] = lived.get(name, False) or subscription.status not in {"incomplete", "incomplete_expired"}
        return self.model_copy(update={"subscriptions": {**self.subscriptions, name: facet}, "lived": lived})

    def with_contact(self, contact: Contact, event: Event) -> Self:
        """Itself, reachable as `event` says; an event that carries no address says nothing."""
        if not contact.email:
            return self
        return self.model_copy(update={"contact": merge(self.contact, event, contact)})

    def with_reminder(self, invoice_id: str, at: int) -> Self:
        """Itself, with the reminder about an invoice due `at`; an earlier date never displaces a later one."""
        latest = max(at, self.reminders.get(invoice_id, 0))
        return self.model_copy(update={"reminders": {**self.reminders, invoice_id: latest}})
