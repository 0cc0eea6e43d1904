"""The records of the books: what is known of a customer, and what is derived from it, never stored twice."""

from collections.abc import Mapping
from typing import Self

from shared import keys
from shared.event import Event
from shared.facets import Facet, merge
from shared.frozen import Frozen
from shared.stripe_objects import CheckoutSession, Contact, Invoice, Subscription


class Record(Frozen):
    """One item of the books. `version` counts its commits; 0 is one that was never saved."""

    account: str
    subject: str
    version: int = 0

    @property
    def partition(self) -> str:
        """Its partition in the books."""
        return keys.partition(self.account, self.subject)

    @property
    def sort_key(self) -> str:
        """Its sort key within the partition."""
        raise NotImplementedError


class Organization(Record):
    """One customer of one Stripe account, whatever it has bought; `subject` is the customer's id."""

    contact: Facet[Contact] | None = None
    subscriptions: Mapping[str, Facet[Subscription]] = {}
    invoices: Mapping[str, Facet[Invoice]] = {}
    reminders: Mapping[str, int] = {}
    """When the reminder about an invoice is due, in epoch seconds, by its id; firing at another time, it is stale."""

    @property
    def sort_key(self) -> str:
        """Its sort key within the partition."""
        return keys.ORGANIZATION

    @property
    def address(self) -> str | None:
        """Where mail goes, if anything has told us yet."""
        return self.contact.value.email if self.contact else None

    @property
    def name(self) -> str | None:
        """How to greet them, if anything has told us yet."""
        return self.contact.value.name if self.contact else None

    @property
    def access(self) -> bool:
        """Whether any subscription gives access now."""
        return any(facet.value.alive for facet in self.subscriptions.values())

    @property
    def past_due(self) -> bool:
        """Whether a tried payment is owed, by an invoice or in the word of a subscription."""
        return any(facet.value.unpaid for facet in self.invoices.values()) or any(
            facet.value.status in {"past_due", "unpaid"} for facet in self.subscriptions.values()
        )

    @property
    def last_ended(self) -> Subscription | None:
        """The subscription that ended last, if any has; of two in one second, the one whose id sorts last."""
        # One that expired before its first payment never gave anything that could end.
        canceled = [facet.value for facet in self.subscriptions.values() if facet.value.status == "canceled"]
        return max(canceled, key=lambda one: (one.ended_at or 0, one.id), default=None)

    def invoice(self, invoice_id: str) -> Invoice | None:
        """The invoice as the newest event tells it, if any has."""
        facet = self.invoices.get(invoice_id)
        return facet.value if facet else None

    def subscription(self, subscription_id: str) -> Subscription | None:
        """The subscription as the newest event tells it, if any has."""
        facet = self.subscriptions.get(subscription_id)
        return facet.value if facet else None

    def with_invoice(self, invoice: Invoice, event: Event) -> Self:
        """Itself, having heard what `event` says of `invoice`."""
        facet = merge(self.invoices.get(invoice.id), event, invoice)
        return self.model_copy(update={"invoices": {**self.invoices, invoice.id: facet}})

    def with_subscription(self, subscription: Subscription, event: Event) -> Self:
        """Itself, having heard what `event` says of `subscription`."""
        facet = merge(self.subscriptions.get(subscription.id), event, subscription)
        return self.model_copy(update={"subscriptions": {**self.subscriptions, subscription.id: facet}})

    def with_contact(self, contact: Contact, event: Event) -> Self:
        """Itself, reachable as `event` says; an event that carries no address says nothing."""
        if not contact.email:
            return self
        return self.model_copy(update={"contact": merge(self.contact, event, contact)})

    def with_reminder(self, invoice_id: str, at: int) -> Self:
        """Itself, with the reminder about an invoice due `at`; an earlier date never displaces a later one."""
        latest = max(at, self.reminders.get(invoice_id, 0))
        return self.model_copy(update={"reminders": {**self.reminders, invoice_id: latest}})


class Order(Record):
    """A payment outside a subscription, by one Checkout session; `subject` is its customer, or a guest's session."""

    session_id: str
    session: Facet[CheckoutSession] | None = None
    contact: Facet[Contact] | None = None

    @property
    def sort_key(self) -> str:
        """Its sort key within the partition."""
        return keys.order(self.session_id)

    @property
    def state(self) -> str:
        """`fulfilled` once paid; `expired` if it never will be; else `open`: a delayed payment is on its way."""
        if self.session is None:
            return "open"
        if self.session.value.paid:
            return "fulfilled"
        return "expired" if self.session.value.status == "expired" else "open"

    @property
    def address(self) -> str | None:
        """Where mail goes, if the session told."""
        return self.contact.value.email if self.contact else None

    @property
    def name(self) -> str | None:
        """How to greet them, if the session told."""
        return self.contact.value.name if self.contact else None

    def with_session(self, session: CheckoutSession, event: Event) -> Self:
        """Itself, having heard what `event` says of `session`."""
        contact = Contact.model_validate(event.object)
        update: dict[str, object] = {"session": merge(self.session, event, session)}
        if contact.email:
            update["contact"] = merge(self.contact, event, contact)
        return self.model_copy(update=update)
