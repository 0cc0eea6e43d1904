"""What has been heard of a customer itself: facts as Stripe told them, the same in whatever order the events came."""

from collections.abc import Mapping
from typing import Annotated, Self

from pydantic import Field

from shared.records.facets import Facet, merge
from shared.records.past import ClosedInvoice, EndedSubscription, Past
from shared.records.stored_record import MailRecipient
from shared.stripe_objects.accounts import Customer
from shared.stripe_objects.checkout import CheckoutSession
from shared.stripe_objects.entitlements import Entitlements
from shared.stripe_objects.event import Event
from shared.stripe_objects.objects import Contact


class Heard(MailRecipient):
    """The facts about one customer of one Stripe account; `subject` is the customer's id."""

    erased_at: int | None = None
    """As of when it was erased before, in epoch seconds: what is older than that is refused."""
    profile: Facet[Customer] | None = None
    contact: Facet[Contact] | None = None
    checkout: Facet[CheckoutSession] | None = None
    """The newest Checkout session that names the business's own reference."""
    entitlements: Facet[Entitlements] | None = None
    past: Annotated[Mapping[str, Past], Field(exclude=True)] = {}
    """By id, what the event names that may be over; kept in items of their own (shared/records/past.py)."""

    def after_erasure(self, as_of: int, version: int) -> Self:
        """The first record after an erasure; it refuses events from before `as_of`, in epoch seconds."""
        return self.model_copy(update={"erased_at": as_of, "versions_before": version})

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

    def recalling(self, past: Mapping[str, Past]) -> Self:
        """Itself, with what is kept of the past that an event names, by id."""
        return self.model_copy(update={"past": past})

    def closed_invoice(self, invoice_id: str) -> ClosedInvoice:
        """What is kept of an invoice that is over; vacant if it is not, or if the event does not name it."""
        found = self.past.get(invoice_id)
        vacant = ClosedInvoice(account=self.account, subject=self.subject, invoice_id=invoice_id)
        return found if isinstance(found, ClosedInvoice) else vacant

    def ended_subscription(self, subscription_id: str) -> EndedSubscription:
        """What is kept of a subscription that is over; vacant if it is not, or if the event does not name it."""
        found = self.past.get(subscription_id)
        vacant = EndedSubscription(account=self.account, subject=self.subject, subscription_id=subscription_id)
        return found if isinstance(found, EndedSubscription) else vacant

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

    def with_contact(self, contact: Contact, event: Event) -> Self:
        """Itself, reachable as `event` says; an event that carries no address says nothing."""
        if not contact.email:
            return self
        return self.model_copy(update={"contact": merge(self.contact, event, contact)})
