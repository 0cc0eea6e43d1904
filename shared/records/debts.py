"""What a customer owes and whether Billhook asks for it, derived from the known invoices and subscriptions."""

from shared.policy.policy import Policy
from shared.records.history import History
from shared.stripe_objects.invoices import Invoice
from shared.stripe_objects.subscriptions import Subscription
from shared.values.times import DAY, HOUR

FIRST_PAYMENT_WITHIN = 23 * HOUR
"""How long a customer may retry a first payment, in seconds: https://docs.stripe.com/billing/subscriptions/overview."""
REMIND_AFTER = 3 * DAY
"""How long after a failed payment the customer is asked again, in seconds."""


class Debts(History):
    """A customer's invoices together with their subscriptions."""

    @property
    def past_due(self) -> bool:
        """Whether the customer is past due, by a late invoice or by the status of a subscription."""
        late = any(self.is_late(facet.value) and self.can_be_past_due(facet.value) for facet in self.invoices.values())
        return late or any(facet.value.status in {"past_due", "unpaid"} for facet in self.subscriptions.values())

    @property
    def has_open_invoice(self) -> bool:
        """Whether any invoice is open, late or not."""
        return any(facet.value.status == "open" for facet in self.invoices.values())

    def is_late(self, invoice: Invoice) -> bool:
        """Whether Stripe failed to collect the invoice, or the customer missed its due date."""
        overdue = invoice.due_date is not None and self.overdue.get(invoice.id) == invoice.due_date
        return invoice.unpaid or (invoice.status == "open" and overdue)

    def can_be_past_due(self, invoice: Invoice) -> bool:
        """Whether a late invoice makes the customer past due.

        The invoice has no subscription, or its subscription has started and has not ended.
        """
        if self.has_ended(invoice):
            return False
        return self.started.get(invoice.subscription or "", not invoice.first)

    def has_ended(self, invoice: Invoice) -> bool:
        """Whether the subscription of an invoice has ended."""
        subscription = self.subscription(invoice.subscription or "")
        over = invoice.subscription in self.ended_with_open_invoice or (subscription is not None and subscription.final)
        return self.deleted or over

    def late_since(self, subscription_id: str) -> int | None:
        """When the oldest late invoice of a subscription was to be paid, in epoch seconds; None if none is known."""
        invoices = (facet.value for facet in self.invoices.values() if facet.value.subscription == subscription_id)
        return min((one.to_be_paid_at for one in invoices if self.is_late(one)), default=None)

    def payment_link(self, subscription_id: str) -> str | None:
        """Where the customer pays the oldest late invoice of a subscription; None if no event has told."""
        invoices = (facet.value for facet in self.invoices.values() if facet.value.subscription == subscription_id)
        late = sorted((one for one in invoices if self.is_late(one)), key=lambda one: (one.to_be_paid_at, one.id))
        return next((one.hosted_invoice_url for one in late if one.hosted_invoice_url), None)

    def grace_ends_at(self, subscription: Subscription, policy: Policy) -> int | None:
        """When the days of grace of a late subscription end or have ended, in epoch seconds; None if nothing ends."""
        rules, since = policy.plans.access, self.late_since(subscription.id)
        late = subscription.status == "past_due" and "past_due" in rules.statuses
        if not late or not rules.grace_days or since is None or self.deleted:
            return None
        return since + rules.grace_days * DAY

    def grace_is_over(self, subscription: Subscription, policy: Policy) -> bool:
        """Whether a reminder has found that the days of grace have ended without a payment."""
        ends_at = self.grace_ends_at(subscription, policy)
        return ends_at is not None and self.grace_over.get(subscription.id, 0) >= ends_at

    def should_collect(self, invoice: Invoice, policy: Policy) -> bool:
        """Whether to ask the customer for a late invoice; after the subscription's end only if the policy says so."""
        wanted = policy.collect_after_end or not self.has_ended(invoice)
        return wanted and self.is_late(invoice) and not self.paying(invoice.id)

    def paying(self, invoice_id: str) -> bool:
        """Whether a payment of the invoice is under way and has not failed since. A bank debit takes days."""
        attempt = self.declines.get(invoice_id)
        failed_at = self.reminders.get(invoice_id, 0) - REMIND_AFTER
        return attempt is not None and attempt.value.status == "processing" and attempt.second > failed_at

    def at_checkout(self, invoice: Invoice, moment: int) -> bool:
        """Whether the customer is still at the checkout, to pay the first invoice of a subscription."""
        lives = self.started.get(invoice.subscription or "", False)
        return invoice.first and not lives and moment - invoice.created < FIRST_PAYMENT_WITHIN

    def owed_on(self, invoice: Invoice) -> int:
        """What is left to pay of an invoice, in minor units, less credit notes that it does not contain yet."""
        notes = (note for note in self.credits.values() if note.invoice == invoice.id and note.status != "void")
        return max(0, invoice.amount_remaining - sum(note.pre_payment_amount for note in notes))
