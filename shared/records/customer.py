"""The facts about a customer as Stripe told them; events in any order end in the same facts."""

from collections.abc import Mapping
from typing import Annotated, Self

from pydantic import Field

from shared.records.facets import Facet, Tellings, merge
from shared.records.grant import Grant
from shared.records.past import ClosedInvoice, EndedSubscription, PastRecord
from shared.records.stored_record import MailRecipient
from shared.stripe_objects.accounts import Customer
from shared.stripe_objects.checkout import CheckoutSession
from shared.stripe_objects.entitlements import Entitlements
from shared.stripe_objects.event import Event
from shared.stripe_objects.objects import Contact
from shared.values.frozen import Frozen


class Shown(Frozen):
    """What the last commit wrote into the table `access`, so that the next one knows without a read what has changed.

    Args:
        digest: the hash of the item's content.
        reference: the reference under which the customer is listed; None if there is none.
    """

    digest: str
    reference: str | None = None


class CustomerFacts(MailRecipient):
    """The facts about one customer of one Stripe account; `subject` is the customer's id."""

    erased_at: int | None = None
    """When the customer was last erased, in epoch seconds; older events are refused."""
    kept_at: int | None = None
    """When Stripe last showed a living subscription of a customer who was to be erased, in epoch seconds."""
    profile: Facet[Customer] | None = None
    contact: Facet[Contact] | None = None
    addresses: Tellings = Tellings()
    """When events told each address of the customer's; empty in a record of an older version."""
    checkout: Facet[CheckoutSession] | None = None
    """The newest Checkout session that names the business's own reference."""
    entitlements: Facet[Entitlements] | None = None
    all_entitlements: Facet[Entitlements] | None = None
    """The newest complete list, if the newest of all has the first ten only."""
    grant: Facet[Grant] | None = None
    """The newest grant of the business's own, or its revocation."""
    shown: Shown | None = None
    """The customer's access item; None if there is none yet."""
    past: Annotated[Mapping[str, PastRecord], Field(exclude=True)] = {}
    """By id, the past records that the event names; each is an item of its own (shared/records/past.py)."""

    def after_erasure(self, as_of: int, version: int) -> Self:
        """The first record after an erasure; it refuses events from before `as_of`, in epoch seconds."""
        return self.model_copy(update={"erased_at": as_of, "versions_before": version})

    @property
    def deleted(self) -> bool:
        """Whether the customer was deleted at Stripe."""
        return self.profile is not None and self.profile.value.deleted

    def refuses(self, event: Event) -> bool:
        """Whether `event` belongs to the time before the erasure.

        An event is refused if it is older than the erasure, or if there is no new record and its object is older.
        An object that began after the erasure starts a new record, which then takes every newer event.
        """
        if self.erased_at is None:
            return False
        return event.created <= self.erased_at or (self.version == 0 and event.began_at <= self.erased_at)

    def with_past(self, past: Mapping[str, PastRecord]) -> Self:
        """A copy that holds the past records of an event, by id."""
        return self.model_copy(update={"past": past})

    def closed_invoice(self, invoice_id: str) -> ClosedInvoice:
        """The record of a closed invoice; empty if the invoice is open, or if the event does not name it."""
        found = self.past.get(invoice_id)
        empty = ClosedInvoice(account=self.account, subject=self.subject, invoice_id=invoice_id)
        return found if isinstance(found, ClosedInvoice) else empty

    def ended_subscription(self, subscription_id: str) -> EndedSubscription:
        """The record of an ended subscription; empty if it has not ended, or if the event does not name it."""
        found = self.past.get(subscription_id)
        empty = EndedSubscription(account=self.account, subject=self.subject, subscription_id=subscription_id)
        return found if isinstance(found, EndedSubscription) else empty

    def with_profile(self, customer: Customer, event: Event) -> Self:
        """A copy updated with what `event` says about the customer. Nothing else writes the customer's own address."""
        addresses = self._addresses_after(customer.email, event, event.created)
        return self.model_copy(update={"profile": merge(self.profile, event, customer), "addresses": addresses})

    def with_life(self, event: Event, *, subscribed: bool) -> Self:
        """A copy that was not deleted when `event` was created, and whose subscriptions had not all ended.

        The second before leaves room for an observation of the whole customer, which then wins.
        """
        kept = self.model_copy(update={"kept_at": max(event.created, self.kept_at or 0)}) if subscribed else self
        if self.profile is None or not self.deleted:
            return kept
        exists = self.profile.value.model_copy(update={"deleted": False})
        return kept.with_profile(exists, event.model_copy(update={"created": event.created - 1}))

    def with_checkout(self, session: CheckoutSession, event: Event) -> Self:
        """A copy with the reference in `session`; a session without a reference keeps the known one."""
        if session.client_reference_id is None:
            return self
        return self.model_copy(update={"checkout": merge(self.checkout, event, session)})

    def with_entitlements(self, entitlements: Entitlements, event: Event) -> Self:
        """A copy with the entitlements that `event` tells of; an event embeds ten only."""
        known = self.entitlements
        newest = merge(known, event, entitlements)
        whole = self.all_entitlements or (known if known and not known.value.has_more else None)
        if not entitlements.has_more:
            whole = merge(whole, event, entitlements)
        kept = whole if newest.value.has_more else None
        return self.model_copy(update={"entitlements": newest, "all_entitlements": kept})

    @property
    def entitled(self) -> tuple[str, ...]:
        """The features that Stripe's entitlements name; beyond the first ten those of the newest complete list."""
        told = [one.value.features for one in (self.entitlements, self.all_entitlements) if one]
        return tuple(sorted({feature for features in told for feature in features}))

    def with_grant(self, grant: Grant, event: Event) -> Self:
        """A copy with the grant that `event` gives, ends or revokes, unless a newer one is known."""
        return self.model_copy(update={"grant": merge(self.grant, event, grant)})

    @property
    def granted(self) -> Grant | None:
        """The grant that gives access now; None without one, and for a customer whom Stripe has deleted."""
        grant = self.grant.value if self.grant else None
        return grant if grant and grant.state == "given" and not self.deleted else None

    def with_contact(self, contact: Contact, event: Event) -> Self:
        """A copy with the address that `event` carries; an event without an address changes nothing."""
        if not contact.email:
            return self
        as_of = event.created if contact.as_of is None else min(event.created, contact.as_of)
        addresses = self._addresses_after(contact.email, event, as_of)
        return self.model_copy(update={"contact": merge(self.contact, event, contact), "addresses": addresses})

    def _addresses_after(self, email: str | None, event: Event, as_of: int) -> Tellings:
        """The tellings of addresses with that of `event`, which was true at `as_of`, in epoch seconds."""
        known = self.known_addresses
        return known.told(email, event.heard_at, as_of) if email else known

    @property
    def known_addresses(self) -> Tellings:
        """When events told each address. An older version kept only the newest ones, with their seconds."""
        known = self.addresses
        for facet in (self.profile, self.contact) if not known.first else ():
            if facet and facet.value.email:
                known = known.told(facet.value.email, facet.second, facet.second)
        return known
