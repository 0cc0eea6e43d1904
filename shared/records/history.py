"""A customer's open invoices, and how ended subscriptions and closed invoices become past records."""

from collections.abc import Iterator, Mapping
from typing import Self

from shared.records.facets import Facet, merge
from shared.records.past import PastRecord
from shared.records.subscriptions import AT_ONCE, Subscribed
from shared.stripe_objects.event import Event
from shared.stripe_objects.invoices import CreditNote, Invoice
from shared.stripe_objects.objects import Contact, read
from shared.stripe_objects.payments import PaymentIntent
from shared.stripe_objects.subscriptions import Subscription

DECLINES = 20
"""How many decline reasons are kept, the newest; some may belong to invoices that no event ever tells of."""
CREDITS = 20
"""The most credit notes to keep, the newest; each is kept until its invoice contains it."""
UNSEEN = 8
"""The most subscriptions to keep that only an invoice names."""


class History(Subscribed):
    """The part of a customer that the organization stores; it stays small over years."""

    invoices: Mapping[str, Facet[Invoice]] = {}
    """The invoices that are not closed, by id."""
    closed: frozenset[str] = frozenset()
    """Ids of closed invoices without an item of their own, because an older version of the code closed them."""
    declines: Mapping[str, Facet[PaymentIntent]] = {}
    """By invoice id, the newest declined payment of an open invoice; the invoice does not tell the reason."""
    credits: Mapping[str, CreditNote] = {}
    """By id, the credit notes that are newer than the last event about their open invoice."""
    overdue: Mapping[str, int] = {}
    """By id of an open invoice that the customer pays by hand: the due date that has passed, in epoch seconds."""
    reminders: Mapping[str, int] = {}
    """By id of an open invoice: when its reminder is due, in epoch seconds. A reminder of another time is stale."""
    grace_over: Mapping[str, int] = {}
    """By id of a late subscription: the end of its days of grace that has passed unpaid, in epoch seconds."""
    ended_with_open_invoice: frozenset[str] = frozenset()
    """Ids of the subscriptions that ended while one of their invoices was open."""
    unseen: frozenset[str] = frozenset()
    """Ids of the subscriptions that an invoice names and no event has told of yet; a few at most."""

    def invoice(self, invoice_id: str) -> Invoice | None:
        """The invoice as the newest event tells it; None if unknown. Only an event that names a closed one finds it."""
        facet = self.invoices.get(invoice_id) or self.closed_invoice(invoice_id).facet
        return facet.value if facet else None

    def past_since(self, before: "History") -> Iterator[PastRecord]:
        """The past records to commit with this organization; `before` is the organization as it was read.

        An empty record stands for each new subscription and invoice: the commit checks that it is not over.
        """
        yield from (one for name, one in self.past.items() if one != before.past.get(name) and not one.is_empty)
        heard = self.subscriptions.keys() | self.unseen
        yield from (self.ended_subscription(name) for name in heard - before.subscriptions.keys() - before.unseen)
        yield from (self.closed_invoice(name) for name in self.invoices.keys() - before.invoices.keys())

    def with_subscription(self, subscription: Subscription, event: Event) -> Self:
        """A copy updated with what `event` says about `subscription`; an ended subscription becomes a past record."""
        return super().with_subscription(subscription, event).settled()

    def with_invoice_event(self, invoice: Invoice, event: Event) -> Self:
        """A copy updated with `invoice` and its address, which are both in the object of `event`."""
        return self.with_invoice(invoice, event).with_contact(read(Contact, event.object), event)

    def with_invoice(self, invoice: Invoice, event: Event) -> Self:
        """A copy updated with what `event` says about `invoice`; a closed invoice becomes a past record."""
        if invoice.id in self.closed:
            return self
        facet = merge(self.invoices.get(invoice.id) or self.closed_invoice(invoice.id).facet, event, invoice.kept)
        invoices = {invoice.id: facet} | {name: one for name, one in self.invoices.items() if name != invoice.id}
        over = [name for name, one in invoices.items() if one.value.final][:AT_ONCE]
        past = {name: self.closed_invoice(name).model_copy(update={"facet": invoices[name]}) for name in over}
        update = {
            "invoices": {name: one for name, one in invoices.items() if name not in past},
            "declines": {name: one for name, one in self.declines.items() if name not in past},
            "reminders": {name: at for name, at in self.reminders.items() if name not in past},
            "unseen": self.unseen | ({invoice.subscription} if invoice.subscription else set()),
            "past": {**self.past, **past},
        }
        return self.model_copy(update=update).settled()

    def settled(self) -> Self:
        """A copy without what mattered only while an invoice was open, and within the limits above."""
        lowering = {name: note for name, note in self.credits.items() if self._lowers(note)}
        newest = sorted(lowering, key=lambda name: (lowering[name].created, name))[-CREDITS:]
        named = {one.value.subscription for one in self.invoices.values() if one.value.subscription}
        over = {name for name in named if not self.ended_subscription(name).is_empty}
        ended_with_open_invoice = (self.ended_with_open_invoice | over) & named
        told = {name for name in self.unseen if not self.ended_subscription(name).is_empty}
        update = {
            "credits": {name: lowering[name] for name in newest},
            "grace_over": {name: at for name, at in self.grace_over.items() if self._late(name)},
            "overdue": {name: at for name, at in self.overdue.items() if self._open(name)},
            "ended_with_open_invoice": ended_with_open_invoice,
            "unseen": frozenset(
                sorted(self.unseen - told - ended_with_open_invoice - self.subscriptions.keys())[-UNSEEN:]
            ),
        }
        return self.model_copy(update=update)

    def _lowers(self, note: CreditNote) -> bool:
        """Whether the credited invoice, as known, does not contain the credit note yet."""
        facet = self.invoices.get(note.invoice)
        return not self.is_closed(note.invoice) and (facet is None or facet.second < note.created)

    def _open(self, invoice_id: str) -> bool:
        known = self.invoice(invoice_id)
        return known is not None and known.status == "open"

    def _late(self, subscription_id: str) -> bool:
        facet = self.subscriptions.get(subscription_id)
        return facet is not None and facet.value.status == "past_due"

    def with_grace_over(self, subscription_id: str, at: int) -> Self:
        """A copy that knows that the days of grace of a late subscription ended `at`, in epoch seconds."""
        latest = max(at, self.grace_over.get(subscription_id, 0))
        return self.model_copy(update={"grace_over": {**self.grace_over, subscription_id: latest}}).settled()

    def with_overdue(self, invoice_id: str, due_date: int) -> Self:
        """A copy that knows that an invoice was not paid by its due date, if the invoice is open."""
        latest = max(due_date, self.overdue.get(invoice_id, 0))
        return self.model_copy(update={"overdue": {**self.overdue, invoice_id: latest}}).settled()

    def with_credit_note(self, note: CreditNote, event: Event) -> Self:
        """A copy with a credit note, until an event about its invoice contains the credit note too."""
        note = note.model_copy(update={"created": event.created})
        return self.model_copy(update={"credits": {**self.credits, note.id: note}}).settled()

    def with_decline(self, invoice_id: str, intent: PaymentIntent, event: Event) -> Self:
        """A copy with the reason why a payment of an open invoice was declined."""
        if self.is_closed(invoice_id):
            return self
        declines = {**self.declines, invoice_id: merge(self.declines.get(invoice_id), event, intent)}
        newest = sorted(declines, key=lambda name: (declines[name].second, name))[-DECLINES:]
        return self.model_copy(update={"declines": {name: declines[name] for name in newest}})

    def with_reminder(self, invoice_id: str, at: int) -> Self:
        """A copy whose reminder about an open invoice is due `at`, in epoch seconds; the latest date wins."""
        if self.is_closed(invoice_id):
            return self
        latest = max(at, self.reminders.get(invoice_id, 0))
        return self.model_copy(update={"reminders": {**self.reminders, invoice_id: latest}})

    def is_closed(self, invoice_id: str) -> bool:
        """Whether an invoice is paid or void. A closed invoice is known only if the event names it."""
        known = self.invoice(invoice_id)
        return invoice_id in self.closed or (known is not None and known.final)
