"""What has been heard of a customer: facts as Stripe told them, the same in whatever order the events came."""

from collections.abc import Mapping
from typing import Self

from shared.before import subscription_before
from shared.event import Event
from shared.facets import Facet, merge
from shared.record import Correspondent
from shared.stripe_accounts import Customer
from shared.stripe_checkout import CheckoutSession
from shared.stripe_entitlements import Entitlements
from shared.stripe_invoices import CreditNote, Invoice
from shared.stripe_objects import Contact, read
from shared.stripe_payments import PaymentIntent
from shared.stripe_subscriptions import Subscription


class Heard(Correspondent):
    """The facts about one customer of one Stripe account; `subject` is the customer's id."""

    erased_at: int | None = None
    """As of when it was erased before, in epoch seconds: what is older than that is refused."""
    profile: Facet[Customer] | None = None
    contact: Facet[Contact] | None = None
    checkout: Facet[CheckoutSession] | None = None
    """The newest Checkout session that names the business's own reference."""
    entitlements: Facet[Entitlements] | None = None
    subscriptions: Mapping[str, Facet[Subscription]] = {}
    complete: Mapping[str, Facet[Subscription]] = {}
    """The newest event with all items, by the id of a subscription whose newest event has the first ten alone."""
    lived: Mapping[str, bool] = {}
    """Whether a subscription was ever more than an attempt, by its id; its end alone does not tell."""
    lookup_keys: Mapping[str, frozenset[str]] = {}
    """Every lookup key that a price was heard to have, by the price: Stripe may move a key to another price."""
    invoices: Mapping[str, Facet[Invoice]] = {}
    closed: frozenset[str] = frozenset()
    """The ids of invoices that are paid or void, but for the newest: nothing that comes late reopens one."""
    declines: Mapping[str, Facet[PaymentIntent]] = {}
    """Why the newest payment of an open invoice was declined, by its id; the invoice itself does not say it."""
    credits: Mapping[str, CreditNote] = {}
    """The credit notes on open invoices that are newer than what has been heard of their invoice, by id."""
    overdue: Mapping[str, int] = {}
    """The due date that has passed, in epoch seconds, by the id of an open invoice to be paid by hand."""
    reminders: Mapping[str, int] = {}
    """When the reminder about an invoice is due, in epoch seconds, by its id; firing at another time, it is stale."""

    @property
    def deleted(self) -> bool:
        """Whether the customer was deleted at Stripe."""
        return self.profile is not None and self.profile.value.deleted

    def refuses(self, event: Event) -> bool:
        """Whether `event` is older than the erasure, or tells an erased customer of something that is older.

        What began since starts a new record, in any order; a customer who is known again hears of everything.
        """
        if self.erased_at is None:
            return False
        return event.created <= self.erased_at or (self.version == 0 and event.began_at <= self.erased_at)

    def invoice(self, invoice_id: str) -> Invoice | None:
        """The invoice as the newest event tells it, if any has."""
        facet = self.invoices.get(invoice_id)
        return facet.value if facet else None

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
        return self.model_copy(update=update).settled()

    def settled(self) -> Self:
        """Itself without what mattered only while an invoice was open, or was heard of less lately."""
        credited = {name: note for name, note in self.credits.items() if self._lowers(note)}
        overdue = {name: at for name, at in self.overdue.items() if self._open(name)}
        return self.model_copy(update={"credits": credited, "overdue": overdue})

    def _lowers(self, note: CreditNote) -> bool:
        """Whether what was heard of the credited invoice does not contain the credit note yet."""
        facet = self.invoices.get(note.invoice)
        if note.invoice in self.closed:
            return False
        return facet is None or not (facet.value.final or facet.second >= note.created)

    def _open(self, invoice_id: str) -> bool:
        known = self.invoice(invoice_id)
        return known is not None and known.status == "open"

    def told_by(self, invoice: Invoice, event: Event) -> Self:
        """Itself, having heard of `invoice` and of whom it is addressed to, both in the object of `event`."""
        return self.with_invoice(invoice, event).with_contact(read(Contact, event.object), event)

    def with_overdue(self, invoice_id: str, due_date: int) -> Self:
        """Itself, knowing that an invoice was not paid by its due date; one that is not open is not overdue."""
        latest = max(due_date, self.overdue.get(invoice_id, 0))
        return self.model_copy(update={"overdue": {**self.overdue, invoice_id: latest}}).settled()

    def with_credit_note(self, note: CreditNote, event: Event) -> Self:
        """Itself, having heard of a credit note; the invoice itself tells of it too, earlier or later."""
        note = note.model_copy(update={"created": event.created})
        return self.model_copy(update={"credits": {**self.credits, note.id: note}}).settled()

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
        """Itself, bought in `session`; a session without a reference does not take away a known one."""
        if session.client_reference_id is None:
            return self
        return self.model_copy(update={"checkout": merge(self.checkout, event, session)})

    def with_entitlements(self, entitlements: Entitlements, event: Event) -> Self:
        """Itself, entitled to what `event` says."""
        return self.model_copy(update={"entitlements": merge(self.entitlements, event, entitlements)})

    def with_subscription(self, subscription: Subscription, event: Event) -> Self:
        """Itself, having heard what `event` says of `subscription`."""
        name = subscription.id
        known = self.subscriptions.get(name)
        facet = merge(known, event, subscription)
        lived = dict(self.lived)
        if subscription.status != "canceled":
            lived[name] = lived.get(name, False) or not subscription.attempted
        update = {
            "subscriptions": {**self.subscriptions, name: facet},
            "lived": lived,
            "complete": self._complete(known, facet, subscription, event),
            "lookup_keys": self._lookup_keys(subscription, subscription_before(event)),
        }
        return self.model_copy(update=update)

    def _complete(
        self, known: Facet[Subscription] | None, facet: Facet[Subscription], told: Subscription, event: Event
    ) -> Mapping[str, Facet[Subscription]]:
        """The newest complete words on subscriptions; none where the newest word is complete itself."""
        whole = self.complete.get(told.id) or (known if known and not known.value.has_more else None)
        if not told.has_more:
            whole = merge(whole, event, told)
        others = {name: one for name, one in self.complete.items() if name != told.id}
        return {**others, told.id: whole} if whole and facet.value.has_more else others

    def _lookup_keys(self, *told: Subscription | None) -> Mapping[str, frozenset[str]]:
        """Every lookup key that prices were heard to have, those in `told` among them."""
        keys = dict(self.lookup_keys)
        for item in (item for one in told if one for item in one.items if item.lookup_key):
            keys[item.price] = keys.get(item.price, frozenset()) | {item.lookup_key or ""}
        return keys

    def with_contact(self, contact: Contact, event: Event) -> Self:
        """Itself, reachable as `event` says; an event that carries no address says nothing."""
        if not contact.email:
            return self
        return self.model_copy(update={"contact": merge(self.contact, event, contact)})

    def with_reminder(self, invoice_id: str, at: int) -> Self:
        """Itself, with the reminder about an invoice due `at`; an earlier date never displaces a later one."""
        latest = max(at, self.reminders.get(invoice_id, 0))
        return self.model_copy(update={"reminders": {**self.reminders, invoice_id: latest}})
