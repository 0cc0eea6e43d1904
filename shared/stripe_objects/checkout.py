"""What Billhook reads of a Checkout session; see objects.py."""

from collections.abc import Mapping

from shared.stripe_objects.fields import MaybeId
from shared.stripe_objects.presentment import Presented


class CheckoutSession(Presented):
    """A Checkout session (https://docs.stripe.com/api/checkout/sessions/object)."""

    id: str
    mode: str
    status: str | None = None
    payment_status: str
    customer: MaybeId = None
    subscription: MaybeId = None
    payment_intent: MaybeId = None
    invoice: MaybeId = None
    payment_link: MaybeId = None
    client_reference_id: str | None = None
    amount_total: int | None = None
    currency: str | None = None
    created: int
    metadata: Mapping[str, str] | None = None
    failed: bool = False
    """Whether a delayed payment failed, which only the event's type tells."""

    @property
    def paid(self) -> bool:
        """Whether to fulfil the order: any status but `unpaid` (https://docs.stripe.com/checkout/fulfillment)."""
        # A free session that expired still says `no_payment_required`.
        return self.payment_status != "unpaid" and self.status != "expired"

    @property
    def final(self) -> bool:
        """Whether the session's payment can never change again."""
        return self.paid or self.failed or self.status == "expired"

    @property
    def rank(self) -> int:
        """How far the object is in its life; decides between candidates that are equal otherwise."""
        return 2 if self.paid else 1 if self.failed else 0
