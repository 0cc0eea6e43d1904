"""A customer's invoices as events tell of them: those that are open, and the way of all that is over into the past."""

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
"""Of how many invoices the reason of a decline is remembered; the newest, should an invoice never be heard of."""
CREDITS = 20
"""How many credit notes wait for their invoices to contain them; the newest, likewise."""
UNSEEN = 8
"""How many subscriptions are remembered that invoices name and no event tells of."""


class History(Subscribed):
    """As much as an organization holds itself, so that it stays small however long its customer stays."""

    invoices: Mapping[str, Facet[Invoice]] = {}
    """Those that are not closed, by id."""
    closed: frozenset[str] = frozenset()
    """Ids of closed invoices that have no item of their own, since an older version closed them."""
    declines: Mapping[str, Facet[PaymentIntent]] = {}
    """Why the newest payment of an open invoice was declined, by its id; the invoice itself does not say it."""
    credits: Mapping[str, CreditNote] = {}
    """The credit notes on open invoices that are newer than what has been heard of their invoice, by id."""
    overdue: Mapping[str, int] = {}
    """The due date that has passed, in epoch seconds, by the id of an open invoice to be paid by hand."""
    reminders: Mapping[str, int] = {}
    """When the reminder about an open invoice is due, in epoch seconds, by its id; at another time it is stale."""
    ended_with_open_invoice: frozenset[str] = frozenset()
    """Ids of the subscriptions that have ended before one of their invoices was closed."""
    unseen: frozenset[str] = frozenset()
    """Ids of the subscriptions that an invoice has named and no event has told of yet; a few at most."""

    def invoice(self, invoice_id: str) -> Invoice | None:
        """The invoice as the newest event tells it, if any has; a closed one only if the event names it."""
        facet = self.invoices.get(invoice_id) or self.closed_invoice(invoice_id).facet
        return facet.value if facet else None

    def past_since(self, before: "History") -> Iterator[PastRecord]:
        """What is over and has to be saved with it; vacant, what it has first heard of and must not reopen."""
        yield from (one for name, one in self.past.items() if one != before.past.get(name) and not one.is_empty)
        heard = self.subscriptions.keys() | self.unseen
        yield from (self.ended_subscription(name) for name in heard - before.subscriptions.keys() - before.unseen)
        yield from (self.closed_invoice(name) for name in self.invoices.keys() - before.invoices.keys())

    def with_subscription(self, subscription: Subscription, event: Event) -> Self:
        """Itself, having heard what `event` says of `subscription`; one that has ended leaves it for the past."""
        return super().with_subscription(subscription, event).settled()

    def with_invoice_event(self, invoice: Invoice, event: Event) -> Self:
        """Itself, having heard of `invoice` and of whom it is addressed to, both in the object of `event`."""
        return self.with_invoice(invoice, event).with_contact(read(Contact, event.object), event)

    def with_invoice(self, invoice: Invoice, event: Event) -> Self:
        """Itself, having heard what `event` says of `invoice`; a closed one leaves it for the past."""
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
        """Itself without what mattered only while an invoice was open, or was heard of less lately."""
        lowering = {name: note for name, note in self.credits.items() if self._lowers(note)}
        newest = sorted(lowering, key=lambda name: (lowering[name].created, name))[-CREDITS:]
        named = {one.value.subscription for one in self.invoices.values() if one.value.subscription}
        over = {name for name in named if not self.ended_subscription(name).is_empty}
        ended_with_open_invoice = (self.ended_with_open_invoice | over) & named
        told = {name for name in self.unseen if not self.ended_subscription(name).is_empty}
        update = {
            "credits": {name: lowering[name] for name in newest},
            "overdue": {name: at for name, at in self.overdue.items() if self._open(name)},
            "ended_with_open_invoice": ended_with_open_invoice,
            "unseen": frozenset(
                sorted(self.unseen - told - ended_with_open_invoice - self.subscriptions.keys())[-UNSEEN:]
            ),
        }
        return self.model_copy(update=update)

    def _lowers(self, note: CreditNote) -> bool:
        """Whether what was heard of the credited invoice does not contain the credit note yet."""
        facet = self.invoices.get(note.invoice)
        return not self.is_closed(note.invoice) and (facet is None or facet.second < note.created)

    def _open(self, invoice_id: str) -> bool:
        known = self.invoice(invoice_id)
        return known is not None and known.status == "open"

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
        if self.is_closed(invoice_id):
            return self
        declines = {**self.declines, invoice_id: merge(self.declines.get(invoice_id), event, intent)}
        newest = sorted(declines, key=lambda name: (declines[name].second, name))[-DECLINES:]
        return self.model_copy(update={"declines": {name: declines[name] for name in newest}})

    def with_reminder(self, invoice_id: str, at: int) -> Self:
        """Itself, with the reminder about an invoice due `at`; an earlier date never displaces a later one."""
        if self.is_closed(invoice_id):
            return self
        latest = max(at, self.reminders.get(invoice_id, 0))
        return self.model_copy(update={"reminders": {**self.reminders, invoice_id: latest}})

    def is_closed(self, invoice_id: str) -> bool:
        """Whether an invoice is paid or void, as far as the event names it."""
        known = self.invoice(invoice_id)
        return invoice_id in self.closed or (known is not None and known.final)
