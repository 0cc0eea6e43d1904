"""The stories of customers: the events of each, its mails, and the mails that must not follow certain events."""

from tests.support import sales_stories
from tests.support.samples import sample
from tests.support.stories import CONNECTED, CUSTOMER
from tests.support.story import DAY, Story, of

SOMEBODY = sample("customer.created")
BEGUN = sample("customer.subscription.created")
ENDED = sample("customer.subscription.deleted")
CANCELLING = sample("customer.subscription.updated.cancel_scheduled")
BIGGER = sample("customer.subscription.updated.plan_change")
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
TOLD = [*globals().items(), *vars(sales_stories).items()]
CUSTOMER_STORIES = {name.lower().replace("_", " "): story for name, story in TOLD if isinstance(story, Story)}
"""Every story of this module and of `sales_stories`, by name."""
