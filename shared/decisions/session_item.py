"""The session item: what came of a Checkout session. The page where the customer returns waits for it.

The item is plain, and stays in the table `access` for seven days. It is a contract: docs/session.v1.schema.json is made
from it. It names no person and no address.
"""

from typing import Literal

from pydantic import Field

from shared.values.frozen import Frozen
from shared.values.times import DAY

type Outcome = Literal["fulfilled", "completed", "payment_pending", "failed", "expired"]
type Why = Literal["payment_failed", "payment_canceled"]

KEPT = 7 * DAY
"""Seconds for which an item stays after the event that wrote it last."""


class SessionItem(Frozen):
    """What came of one Checkout session of one Stripe account."""

    schema_version: Literal[1] = Field(1, description="The version of this schema")
    account: str = Field(description="The connected account, acct_…, or `platform`")
    session: str = Field(description="Stripe's id of the Checkout session, cs_…")
    mode: str = Field(description="payment, subscription or setup")
    outcome: Outcome = Field(
        description="fulfilled: the order is paid. completed: a session of another mode is complete; the access item "
        "of the customer says what a subscription gives. payment_pending: the customer has finished, and a delayed "
        "payment method has not paid yet. failed: the payment failed. expired: the customer did not finish in time"
    )
    why: Why | None = Field(None, description="Why the session failed")
    customer: str | None = Field(None, description="Stripe's id of the customer; absent for a guest")
    reference: str | None = Field(None, description="The `client_reference_id` of the session")
    subscription: str | None = Field(None, description="Stripe's id of the subscription that was bought")

    @property
    def final(self) -> bool:
        """Whether no later event can change the outcome to an earlier one."""
        return self.outcome != "payment_pending"
