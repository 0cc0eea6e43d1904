"""The record of an order: what somebody bought once, outside any subscription."""

from typing import Literal, Self

from shared import keys
from shared.event import Event
from shared.facets import Facet, merge
from shared.record import Record
from shared.stripe_checkout import CheckoutSession
from shared.stripe_objects import Contact


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
    def state(self) -> Literal["open", "fulfilled", "failed", "expired"]:
        """`fulfilled` once paid; `failed` or `expired` if it never will be; else `open`: a payment is on its way."""
        if self.session is None:
            return "open"
        if self.session.value.paid:
            return "fulfilled"
        if self.session.value.failed:
            return "failed"
        return "expired" if self.session.value.status == "expired" else "open"

    @property
    def awaits_money(self) -> bool:
        """Whether its payment is on its way: the checkout is over, and a delayed method has not told yet."""
        return self.state == "open" and self.session is not None and self.session.value.status == "complete"

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
        session = session.model_copy(update={"failed": event.type.endswith(".async_payment_failed")})
        contact = Contact.model_validate(event.object)
        update: dict[str, object] = {"session": merge(self.session, event, session)}
        if contact.email:
            update["contact"] = merge(self.contact, event, contact)
        return self.model_copy(update=update)
