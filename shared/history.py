"""A customer's subscriptions and invoices, as events tell of them: what is alive or open, and the way into the past."""

from collections.abc import Iterator, Mapping
from typing import Annotated, Self

from pydantic import Field

from shared.event import Event
from shared.facets import Facet, merge
from shared.past import ClosedInvoice, EndedSubscription, Past, latest_ends
from shared.record import Correspondent
from shared.stripe_objects import Invoice, Subscription
from shared.stripe_payments import PaymentIntent

AT_ONCE = 20
"""How many records of the past one commit makes at most; only an older version's organization has more to give up."""
DECLINES = 20
"""Of how many invoices the reason of a decline is remembered; the newest, should an invoice never be heard of."""


class History(Correspondent):
    """As much as an organization holds itself, so that it stays small however long its customer stays."""

    subscriptions: Mapping[str, Facet[Subscription]] = {}
    """Those that have not ended, by id."""
    invoices: Mapping[str, Facet[Invoice]] = {}
    """Those that are not closed, by id."""
    closed: frozenset[str] = frozenset()
    """Ids of closed invoices that have no item of their own, since an older version closed them."""
    declines: Mapping[str, Facet[PaymentIntent]] = {}
    """Why the newest payment of an open invoice was declined, by its id; the invoice itself does not say it."""
    lived: Mapping[str, bool] = {}
    """Whether a subscription was ever more than an attempt, by its id; its end alone does not tell."""
    reminders: Mapping[str, int] = {}
    """When the reminder about an open invoice is due, in epoch seconds, by its id; at another time it is stale."""
    ended: Mapping[str, Subscription] = {}
    """The canceled subscriptions, by id, among which the last to end is; a few at most."""
    past: Annotated[Mapping[str, Past], Field(exclude=True)] = {}
    """By id, what the event names that may be over; kept in items of their own (shared/past.py)."""

    def invoice(self, invoice_id: str) -> Invoice | None:
        """The invoice as the newest event tells it, if any has; a closed one only if the event names it."""
        facet = self.invoices.get(invoice_id) or self._closed(invoice_id).facet
        return facet.value if facet else None

    def subscription(self, subscription_id: str) -> Subscription | None:
        """The subscription as the newest event tells it, if any has; one that has ended only if the event names it."""
        facet = self.subscriptions.get(subscription_id) or self._ended(subscription_id).facet
        return facet.value if facet else None

    def _closed(self, invoice_id: str) -> ClosedInvoice:
        found = self.past.get(invoice_id)
        vacant = ClosedInvoice(account=self.account, subject=self.subject, invoice_id=invoice_id)
        return found if isinstance(found, ClosedInvoice) else vacant

    def _ended(self, subscription_id: str) -> EndedSubscription:
        found = self.past.get(subscription_id)
        vacant = EndedSubscription(account=self.account, subject=self.subject, subscription_id=subscription_id)
        return found if isinstance(found, EndedSubscription) else vacant

    def recalling(self, past: Mapping[str, Past]) -> Self:
        """Itself, with what is kept of the past that an event names, by id."""
        return self.model_copy(update={"past": past})

    def past_since(self, before: "History") -> Iterator[Past]:
        """What is over and has to be saved with it; vacant, what it has first heard of and must not reopen."""
        yield from (one for name, one in self.past.items() if one != before.past.get(name) and not one.vacant)
        yield from (self._ended(name) for name in self.subscriptions.keys() - before.subscriptions.keys())
        yield from (self._closed(name) for name in self.invoices.keys() - before.invoices.keys())

    def with_invoice(self, invoice: Invoice, event: Event) -> Self:
        """Itself, having heard what `event` says of `invoice`; a closed one leaves it for the past."""
        if invoice.id in self.closed:
            return self
        facet = merge(self.invoices.get(invoice.id) or self._closed(invoice.id).facet, event, invoice.kept)
        invoices = {invoice.id: facet} | {name: one for name, one in self.invoices.items() if name != invoice.id}
        over = [name for name, one in invoices.items() if one.value.final][:AT_ONCE]
        past = {name: self._closed(name).model_copy(update={"facet": invoices[name]}) for name in over}
        update = {
            "invoices": {name: one for name, one in invoices.items() if name not in past},
            "declines": {name: one for name, one in self.declines.items() if name not in past},
            "reminders": {name: at for name, at in self.reminders.items() if name not in past},
            "past": {**self.past, **past},
        }
        return self.model_copy(update=update)

    def with_decline(self, invoice_id: str, intent: PaymentIntent, event: Event) -> Self:
        """Itself, having heard why a payment of an invoice was declined; of a closed one nobody asks."""
        if self.is_closed(invoice_id):
            return self
        declines = {**self.declines, invoice_id: merge(self.declines.get(invoice_id), event, intent)}
        newest = sorted(declines, key=lambda name: (declines[name].second, name))[-DECLINES:]
        return self.model_copy(update={"declines": {name: declines[name] for name in newest}})

    def with_subscription(self, subscription: Subscription, event: Event) -> Self:
        """Itself, having heard what `event` says of `subscription`; one that has ended leaves it for the past."""
        name, known = subscription.id, self._ended(subscription.id)
        facet = merge(self.subscriptions.get(name) or known.facet, event, subscription)
        lived = {**self.lived}
        if known.lived is not None:
            lived[name] = known.lived or lived.get(name, False)
        if subscription.status != "canceled":
            lived[name] = lived.get(name, False) or subscription.status not in {"incomplete", "incomplete_expired"}
        subscriptions = {name: facet} | {other: one for other, one in self.subscriptions.items() if other != name}
        over = [name for name, one in subscriptions.items() if one.value.final][:AT_ONCE]
        past = {
            name: self._ended(name).model_copy(update={"facet": subscriptions[name], "lived": lived.get(name)})
            for name in over
        }
        canceled = {name: one for name in over if (one := subscriptions[name].value).status == "canceled"}
        ended = latest_ends({**self.ended, **canceled}, lived)
        remaining = {name: one for name, one in subscriptions.items() if name not in past}
        update = {
            "subscriptions": remaining,
            "lived": {name: one for name, one in lived.items() if name in remaining or name in ended},
            "ended": ended,
            "past": {**self.past, **past},
        }
        return self.model_copy(update=update)

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
