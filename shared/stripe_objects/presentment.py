"""The amount that the customer saw and paid, which may be in another currency than the business settles.

https://docs.stripe.com/api/payment_intents/object#payment_intent_object-presentment_details
"""

from pydantic import Field

from shared.stripe_objects.fields import aliases
from shared.stripe_objects.snapshot import Snapshot


class Presented(Snapshot):
    """An object whose amount Stripe may have shown to the customer in the customer's own currency."""

    presentment_amount: int | None = Field(
        default=None, validation_alias=aliases("presentment_details.presentment_amount", "presentment_amount")
    )
    presentment_currency: str | None = Field(
        default=None, validation_alias=aliases("presentment_details.presentment_currency", "presentment_currency")
    )

    def as_paid(self, amount: int | None, currency: str | None) -> tuple[int | None, str | None]:
        """What the customer paid, in minor units and with its currency; `amount` is what the business settles."""
        if self.presentment_amount is None or self.presentment_currency is None:
            return amount, currency
        return self.presentment_amount, self.presentment_currency
