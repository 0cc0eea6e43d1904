"""The record of an order: what somebody bought once, outside any subscription."""

from typing import ClassVar, Literal, Self

from shared.records.facets import Facet, merge
from shared.records.payment import Payment
from shared.records.stored_record import Record
from shared.stripe_objects.checkout import CheckoutSession
from shared.stripe_objects.event import Event
from shared.stripe_objects.objects import Contact
from shared.values import keys
from shared.values.frozen import Frozen

type State = Literal["open", "fulfilled", "failed", "expired", "canceled", "partly_refunded", "refunded"]


class Settlement(Frozen):
    """What the payment of an order tells that its session does not."""

    collected: bool = False
    """Whether it was collected though the session said `unpaid`: captured by hand, or by a delayed method."""
    canceled: bool = False
    refunded: int = 0
    """How much went back, in minor units of the currency that the business settles."""
    whole: bool = False
    """Whether all of it went back."""


class Order(Record):
    """A payment outside a subscription, by one Checkout session; `subject` is its customer, or a guest's session."""

    named_by: ClassVar[tuple[str, ...]] = ("account", "subject", "session_id")

    session_id: str
    session: Facet[CheckoutSession] | None = None
    contact: Facet[Contact] | None = None
    settlement: Settlement = Settlement()

    @property
    def guest(self) -> bool:
        """Whether nobody but its session knows who bought it."""
        return self.subject == self.session_id

    @property
    def sort_key(self) -> str:
        """Its sort key within the partition."""
        return keys.order(self.session_id)

    @property
    def state(self) -> State:
        """`fulfilled` once paid, until money goes back; `open` while its payment is under way or not captured yet."""
        if self.session is None:
            return "open"
        if self.paid:
            return self._state_of_refunds()
        if self.session.value.failed:
            return "failed"
        if self.settlement.canceled:
            return "canceled"
        return "expired" if self.session.value.status == "expired" else "open"

    @property
    def awaits_money(self) -> bool:
        """Whether its payment is on its way: the checkout is over, and a delayed method has not told yet."""
        return self.state == "open" and self.session is not None and self.session.value.status == "complete"

    @property
    def paid(self) -> bool:
        """Whether it is to be fulfilled: its session is paid, or its payment was collected after all."""
        return self.session is not None and (self.session.value.paid or self.settlement.collected)

    def _state_of_refunds(self) -> State:
        if self.settlement.whole:
            return "refunded"
        return "partly_refunded" if self.settlement.refunded else "fulfilled"

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

    def settled_by(self, payment: Payment) -> Self:
        """Itself, knowing what became of its payment."""
        session = self.session.value if self.session else None
        settlement = Settlement(
            # Of a session that says so itself nothing is to be kept twice.
            collected=payment.collected and not (session and session.paid),
            canceled=payment.status == "canceled",
            refunded=payment.refunded,
            whole=payment.refunded_whole,
        )
        return self.model_copy(update={"settlement": settlement})
