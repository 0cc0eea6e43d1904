"""The stories of sales and accounts: a hold, an inquiry, a guest's refund, an account that comes back."""

from typing import Any

from shared.stripe_objects.event import Event
from tests.support.samples import sample
from tests.support.stories import CONNECTED
from tests.support.story import DAY, Story, of

GONE = sample("account.application.deauthorized", account=CONNECTED)


def _as(dispute: Event, status: str) -> dict[str, Any]:
    """The changes that turn an event about another dispute into one about `dispute`."""
    same = {name: dispute.object[name] for name in ("id", "charge", "payment_intent", "amount")}
    return {**same, "status": status}


RECONNECTED = Story(
    events=(
        sample("account.updated", settings={"payouts": {"schedule": {"interval": "weekly"}}}),
        GONE,
        sample("account.application.authorized", account=CONNECTED),
        sample("payout.created", created=GONE.created + 2 * DAY),
        sample("invoice.paid", account=CONNECTED, created=GONE.created + 2 * DAY),
    ),
    must=of("payout_coming", "receipt"),
    may=of("account_requirements"),
)
HOLD = sample("payment_intent.amount_capturable_updated")
CAPTURED = sample("charge.captured")
MANUAL_CAPTURE = Story(
    events=(
        sample("checkout.session.completed.unpaid", payment_intent=HOLD.object["id"], created=HOLD.created + 1),
        HOLD,
        CAPTURED,
        sample("payment_intent.succeeded.order", id=HOLD.object["id"], created=CAPTURED.created + 1),
    ),
    must=of("order_confirmed"),
)
INQUIRY = sample("charge.dispute.created.inquiry")
ESCALATED = Story(
    events=(
        INQUIRY,
        sample("charge.dispute.updated", created=INQUIRY.created + DAY, **_as(INQUIRY, "needs_response")),
        sample("charge.dispute.funds_withdrawn", created=INQUIRY.created + DAY + 1, **_as(INQUIRY, "needs_response")),
        sample("charge.dispute.closed.lost", **_as(INQUIRY, "lost")),
    ),
    must=of("dispute_closed"),
    may=of("dispute_opened", "dispute_escalated"),
    silenced={"dispute_opened": 3, "dispute_escalated": 3},
)
GUEST_REFUND = Story(
    events=(
        sample("checkout.session.completed", customer=None),
        sample("payment_intent.succeeded.order", customer=None),
        sample("refund.created", customer=None),
        sample("charge.refunded", customer=None),
    ),
    must=of("order_confirmed", "refund"),
)
