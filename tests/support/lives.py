"""What customers live through: the events of each story, what it says to them, and what must never be said after."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from shared.event import Event
from tests.support.samples import sample
from tests.support.stories import CONNECTED, CUSTOMER


@dataclass(frozen=True)
class Story:
    """Events in the order in which they happened.

    Args:
        must: the mails that are sent whatever the order.
        may: those that are sent only where their own news come before what overtakes them.
        silenced: by which event's position a mail is contradicted; it must not be sent once that was told.
    """

    events: tuple[Event, ...]
    must: frozenset[str] = frozenset()
    may: frozenset[str] = frozenset()
    silenced: Mapping[str, int] = field(default_factory=dict)


SOMEBODY = sample("customer.created")
BEGUN = sample("customer.subscription.created")
ENDED = sample("customer.subscription.deleted")
CANCELLING = sample("customer.subscription.updated.cancel_scheduled")
BIGGER = sample("customer.subscription.updated.plan_change")
DAY = 24 * 3600


GONE = sample("account.application.deauthorized", account=CONNECTED)


def _as(dispute: Event, status: str) -> dict[str, Any]:
    """What makes an event about another dispute one about `dispute`."""
    same = {name: dispute.object[name] for name in ("id", "charge", "payment_intent", "amount")}
    return {**same, "status": status}


def of(*mails: str) -> frozenset[str]:
    return frozenset(mails)


DUNNING = Story(
    events=(
        SOMEBODY,
        BEGUN,
        sample("invoice.payment_failed"),
        sample("payment_intent.payment_failed"),
        sample("customer.subscription.updated"),
        sample("invoice.paid.recovered"),
        sample("customer.subscription.updated.recovered"),
    ),
    must=of("receipt"),
    may=of("welcome", "payment_failed"),
    silenced={"payment_failed": 5},
)
DISPUTE_WON = Story(
    events=(
        sample("checkout.session.completed"),
        sample("payment_intent.succeeded.order"),
        sample("charge.dispute.created"),
        sample("charge.dispute.updated"),
        sample("charge.dispute.funds_reinstated"),
        sample("charge.dispute.closed"),
    ),
    must=of("order_confirmed", "dispute_closed"),
    may=of("dispute_opened"),
    silenced={"dispute_opened": 5},
)
DISPUTE_LOST = Story(
    events=(*DISPUTE_WON.events[:4], sample("charge.dispute.closed.lost")),
    must=of("order_confirmed", "dispute_closed"),
    may=of("dispute_opened"),
    silenced={"dispute_opened": 4},
)
REFUND_FAILED = Story(
    events=(
        SOMEBODY,
        sample("invoice_payment.paid"),
        sample("payment_intent.succeeded"),
        sample("charge.refunded.subscription", amount_refunded=500, refunded=False),
        sample("refund.failed"),
    ),
    must=of("refund_failed"),
    may=of("refund"),
)
PLAN_CHANGE = Story(
    events=(
        SOMEBODY,
        BEGUN,
        BIGGER,
        sample("customer.subscription.updated.renewal", items=BIGGER.object["items"]),
    ),
    may=of("welcome", "plan_changed"),
)
WITHDRAWN = Story(
    events=(
        SOMEBODY,
        BEGUN,
        CANCELLING,
        sample("customer.subscription.updated.renewal", created=CANCELLING.created + DAY),
    ),
    may=of("welcome", "cancellation_scheduled", "cancellation_withdrawn"),
    silenced={"cancellation_scheduled": 3},
)
BACK = Story(
    events=(
        SOMEBODY,
        BEGUN,
        ENDED,
        sample(
            "customer.subscription.created",
            id="sub_zz_back",
            event_id="evt_back",
            created=ENDED.created + DAY,
            start_date=ENDED.created + DAY,
        ),
    ),
    must=of("welcome"),
)
TRIAL = Story(
    events=(
        SOMEBODY,
        sample("customer.subscription.created.trialing"),
        sample("customer.subscription.trial_will_end"),
        sample("customer.subscription.paused"),
        sample("customer.subscription.resumed"),
    ),
    may=of("welcome", "trial_ending", "subscription_on_hold"),
    silenced={"trial_ending": 3, "subscription_on_hold": 4},
)
DELAYED = Story(
    events=(
        sample("checkout.session.completed.unpaid"),
        sample("checkout.session.async_payment_succeeded"),
    ),
    must=of("order_confirmed"),
)
PAYOUT_FAILED = Story(
    events=(
        sample("account.updated", created=1795508000),
        sample("payout.created"),
        sample("payout.paid"),
        sample("payout.failed", id=sample("payout.created").object["id"]),
    ),
    must=of("account_requirements", "payout_failed"),
    may=of("payout_coming"),
)
SENT_INVOICE = Story(
    events=(
        sample("invoice.finalized.send_invoice"),
        sample("invoice.voided"),
    ),
    may=of("invoice_due"),
    silenced={"invoice_due": 1},
)
DEAUTHORIZED = Story(
    events=(
        sample("account.updated"),
        sample("account.application.deauthorized", account=CONNECTED),
        sample("payout.created"),
        sample("invoice.paid", account=CONNECTED),
    ),
    may=of("account_requirements", "payout_coming", "receipt"),
    silenced={"account_requirements": 1, "payout_coming": 1, "receipt": 1},
)
LATE_DEBIT = Story(
    events=(
        SOMEBODY,
        BEGUN,
        sample(
            "invoice.payment_failed",
            billing_reason="subscription_create",
            created=BEGUN.created + 6 * DAY,
            event_id="evt_debit_failed",
        ),
        sample("customer.subscription.updated", created=BEGUN.created + 6 * DAY, event_id="evt_debit_past_due"),
        sample(
            "invoice.paid.recovered",
            billing_reason="subscription_create",
            created=BEGUN.created + 9 * DAY,
            event_id="evt_debit_paid",
        ),
        sample(
            "customer.subscription.updated.recovered", created=BEGUN.created + 9 * DAY, event_id="evt_debit_recovered"
        ),
    ),
    must=of("receipt"),
    may=of("welcome", "payment_failed"),
    silenced={"payment_failed": 4},
)
OWED = sample("invoice.payment_failed")
CREDITED = Story(
    events=(
        SOMEBODY,
        BEGUN,
        OWED,
        sample(
            "credit_note.created",
            customer=CUSTOMER,
            invoice=OWED.object["id"],
            pre_payment_amount=2000,
            created=OWED.created + DAY,
            event_id="evt_credited",
        ),
        sample(
            "invoice.payment_failed",
            amount_due=900,
            amount_remaining=900,
            created=OWED.created + DAY,
            event_id="evt_owes_less",
            previous={"amount_due": 2900, "amount_remaining": 2900},
        ).model_copy(update={"type": "invoice.updated"}),
        sample("invoice.paid.recovered", amount_due=900, amount_paid=900),
    ),
    must=of("receipt"),
    may=of("welcome", "payment_failed"),
    silenced={"payment_failed": 5},
)
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
LIVES = {name.lower().replace("_", " "): story for name, story in list(globals().items()) if isinstance(story, Story)}
"""Every story of this module by its name."""
