"""The record of an order: a purchase outside any subscription."""

from typing import ClassVar, Literal, Self

from shared.policy.policy import Policy
from shared.records.facets import Facet, merge
from shared.records.payment import Payment
from shared.records.stored_record import Record
from shared.stripe_objects.checkout import CheckoutSession
from shared.stripe_objects.event import Event
from shared.stripe_objects.objects import Contact
from shared.stripe_objects.order_lines import OrderLines
from shared.values import keys
from shared.values.frozen import Frozen

type State = Literal["open", "fulfilled", "failed", "expired", "canceled", "partly_refunded", "refunded"]


class Settlement(Frozen):
    """The facts about an order that only its payment tells."""

    collected: bool = False
    """Whether the money was collected although the session said `unpaid`: by a manual capture or a delayed method."""
    canceled: bool = False
    refunded: int = 0
    """The refunded amount, in minor units of the settlement currency."""
    whole: bool = False
    """Whether the whole amount was refunded."""


class Order(Record):
    """An order of one Checkout session; `subject` is the customer, or the session itself if the buyer is a guest."""

    named_by: ClassVar[tuple[str, ...]] = ("account", "subject", "session_id")

    session_id: str
    session: Facet[CheckoutSession] | None = None
    contact: Facet[Contact] | None = None
    settlement: Settlement = Settlement()
    lines: OrderLines | None = None
    """What was bought; None until Stripe has shown it, which it does if the business asks for lines."""
    erased_at: int | None = None
    """When the buyer was erased, in epoch seconds; such an order is never saved."""

    @property
    def guest(self) -> bool:
        """Whether the buyer is a guest, whom only the session knows."""
        return self.subject == self.session_id

    @property
    def sort_key(self) -> str:
        """Its sort key within the partition."""
        return keys.order(self.session_id)

    @property
    def state(self) -> State:
        """`fulfilled` once paid, until a refund; `open` while the payment is under way or not captured yet."""
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
    def awaits_settlement(self) -> bool:
        """Whether the checkout is complete and a delayed payment method has not succeeded or failed yet."""
        return self.state == "open" and self.session is not None and self.session.value.status == "complete"

    @property
    def paid(self) -> bool:
        """Whether the business fulfils the order: its session is paid, or its payment was collected later."""
        return self.session is not None and (self.session.value.paid or self.settlement.collected)

    def _state_of_refunds(self) -> State:
        if self.settlement.whole:
            return "refunded"
        return "partly_refunded" if self.settlement.refunded else "fulfilled"

    def erasable_at(self, policy: Policy) -> int | None:
        """When to erase the guest, in epoch seconds; None for never, and for an order of a customer."""
        if not self.guest or self.session is None or not policy.erase_guests_after:
            return None
        return self.session.value.created + policy.erase_guests_after

    @property
    def address(self) -> str | None:
        """The buyer's address, if the session has one."""
        return self.contact.value.email if self.contact else None

    @property
    def name(self) -> str | None:
        """The buyer's name, if the session has one."""
        return self.contact.value.name if self.contact else None

    def with_session(self, session: CheckoutSession, event: Event) -> Self:
        """A copy updated with what `event` says about `session`."""
        session = session.model_copy(update={"failed": event.type.endswith(".async_payment_failed")})
        contact = Contact.model_validate(event.object)
        update: dict[str, object] = {"session": merge(self.session, event, session)}
        if contact.email:
            update["contact"] = merge(self.contact, event, contact)
        return self.model_copy(update=update)

    def with_lines(self, lines: OrderLines) -> Self:
        """A copy that says what was bought. Stripe does not change the lines of a session that is complete."""
        return self.model_copy(update={"lines": lines})

    def settled_by(self, payment: Payment) -> Self:
        """A copy with the outcome of its payment."""
        session = self.session.value if self.session else None
        settlement = Settlement(
            # A paid session needs no second record of it.
            collected=payment.collected and not (session and session.paid),
            canceled=payment.status == "canceled",
            refunded=payment.refunded,
            whole=payment.refunded_whole,
        )
        return self.model_copy(update={"settlement": settlement})
