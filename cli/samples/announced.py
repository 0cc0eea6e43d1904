"""What Billhook announces: each detail type with its occasion, and the facts of each family, for those who listen."""

from collections.abc import Mapping

from cli.samples.announced_family import Entry, Fact, Family

AT = "in epoch seconds"
MONEY: Mapping[str, Fact] = {
    "currency": Fact("string", "The currency of the amounts, in lower case"),
    "presentment_amount": Fact("integer", "What the customer paid in a currency of its own, in minor units"),
    "presentment_currency": Fact("string", "The currency in which the customer paid"),
}
SALE: Mapping[str, Fact] = {
    "order": Fact("string", "Your own id of the order, from the metadata that OrderMetadataKey names"),
    "session": Fact("string", "The Checkout session, cs_…"),
    "payment": Fact("string", "The payment intent or charge, pi_… or ch_…"),
    "invoice": Fact("string", "The invoice, in_…"),
    "subscription": Fact("string", "The subscription that the event is about, sub_…"),
}
ACCESS_STATUSES = ("active", "trialing", "grace", "past_due", "paused", "ended", "none", "unknown")
ORGANIZATION = Family(
    name="Organization",
    says="A customer: what it may do, as its access item says",
    types={
        "organization.access_granted": "The first subscription gives access",
        "organization.access_revoked": "The last subscription no longer gives access; `status` says why",
        "organization.access_changed": "The access item has changed, and no other announcement of the event tells it",
        "organization.past_due": "A payment failed, or an invoice is overdue",
        "organization.recovered": "Nothing is owed any more",
        "organization.plan_changed": "Other prices, quantities or features, or another grant, while there is access",
        "organization.renewed": "A new period of a subscription has begun: reset what you count per period",
        "organization.trial_started": "A trial has begun",
        "organization.trial_converted": "A trial is over, and the subscription goes on",
        "organization.trial_ended": "A trial is over, and the subscription does not go on: paused, unpaid or canceled",
        "organization.cancellation_scheduled": "All that gives access is set to end, at `ends_at`",
        "organization.cancellation_withdrawn": "Access is no longer set to end",
        "organization.address_changed": "Mail goes elsewhere from now on",
        "organization.deleted": "The customer was deleted at Stripe",
    },
    facts={
        "status": Fact("string", "The status of the access item", always=True, words=ACCESS_STATUSES),
        "past_due": Fact("boolean", "Whether a payment is late, with access or without", always=True),
        "access": Fact("boolean", "Whether the customer has access; absent if unknown"),
        "access_until": Fact("integer", f"When access ends by itself, {AT}; from then on `access` counts as false"),
        "granted_until": Fact("integer", f"When a grant of the business's own ends, {AT}"),
        "plan": Fact("string", "The plan in plans.toml"),
        "trial_ends_at": Fact("integer", f"When the trial ends, {AT}"),
        "renews_at": Fact("integer", f"When the next period begins, {AT}"),
        "ends_at": Fact("integer", f"When all subscriptions are set to end, {AT}"),
        "subscription": SALE["subscription"],
        "period_start": Fact("integer", f"When the current period of `subscription` began, {AT}"),
        "period_end": Fact("integer", f"When the current period of `subscription` ends, {AT}"),
        "cancellation_reason": Fact("string", "Why `subscription` ends or has ended, as Stripe says it"),
        "invoice": SALE["invoice"],
        "session": SALE["session"],
    },
    prefixes={
        "limit_": Fact("integer", "A limit in plans.toml"),
        "feature_": Fact("boolean", "A feature that is switched on; other features are absent"),
    },
)
ERASED = Family(
    name="Erased",
    says="A customer whose data is gone; the announcement has no facts",
    types={"organization.erased": "Everything about the customer is erased here: erase what you keep, too"},
    facts={},
    prefixes={},
)
LINE = Entry(
    name="OrderLine",
    says="A line of an order",
    listed="What was bought, 100 lines at most; `order.lines_known` alone has it",
    facts={
        "amount": Fact("integer", "Its total after discounts and taxes, in minor units", always=True),
        "currency": Fact("string", "The currency of the amount, in lower case", always=True),
        "price": Fact("string", "The price, price_…"),
        "product": Fact("string", "The product, prod_…"),
        "lookup_key": Fact("string", "The lookup key of the price, if it has one"),
        "quantity": Fact("integer", "How many were bought"),
    },
)
ORDER = Family(
    name="Order",
    says="A one-off purchase",
    types={
        "order.fulfilled": "It is paid or captured: fulfil it",
        "order.failed": "Its payment failed",
        "order.expired": "Its Checkout session expired",
        "order.canceled": "Its payment was canceled",
        "order.partly_refunded": "A part of its money went back",
        "order.refunded": "All its money went back",
        "order.refund_undone": "A refund did not arrive: the order counts as fulfilled again, do not fulfil it twice",
        "order.lines_known": "Stripe has told what was bought in a fulfilled order, in `lines` beside the facts",
    },
    facts={
        "state": Fact(
            "string",
            "Its state",
            always=True,
            words=("open", "fulfilled", "failed", "expired", "canceled", "partly_refunded", "refunded"),
        ),
        "session": Fact("string", "The Checkout session, cs_…", always=True),
        "amount": Fact("integer", "The total, in minor units"),
        "refunded": Fact("integer", "What went back so far, in minor units"),
        "payment_link": Fact("string", "The payment link through which the buyer came, plink_…"),
        "more_lines": Fact("boolean", "Whether Stripe has more lines than are in `lines`"),
        **MONEY,
        **{name: SALE[name] for name in ("order", "payment", "invoice", "subscription")},
    },
    prefixes={},
    lists={"lines": LINE},
)
PAYMENT = Family(
    name="Payment",
    says="A payment of an order or an invoice",
    types={
        "payment.processing": "It is under way for days",
        "payment.authorized": "The money is on hold until it is captured",
        "payment.succeeded": "It succeeded",
        "payment.failed": "It failed",
        "payment.canceled": "It was canceled, and a hold is released",
        "payment.refunded": "Money went back, or a refund was undone",
        "payment.fraud_warning": "The card's issuer reports fraud",
        "payment.held": "A dispute holds the money back",
        "payment.released": "No dispute holds the money back any more",
    },
    facts={
        "payment": Fact("string", "The payment intent or charge, pi_… or ch_…", always=True),
        "purpose": Fact("string", "What it is for", words=("order", "invoice", "unknown")),
        "amount_received": Fact("integer", "What was received, in minor units"),
        "refunded": Fact("integer", "What went back so far, in minor units"),
        "held": Fact("boolean", "Whether a dispute holds the money back"),
        **MONEY,
        **{name: SALE[name] for name in ("order", "session", "invoice", "subscription")},
    },
    prefixes={},
)
PAYOUT = Family(
    name="Payout",
    says="A payout to a connected account",
    types={
        "payout.pending": "It is to be sent",
        "payout.in_transit": "It is on its way",
        "payout.paid": "It has arrived",
        "payout.failed": "It has come back",
        "payout.canceled": "It was canceled",
    },
    facts={
        "payout": Fact("string", "The payout, po_…", always=True),
        "status": Fact("string", "Its status", words=("pending", "in_transit", "paid", "failed", "canceled")),
        "amount": Fact("integer", "Its amount, in minor units; negative if it takes money"),
        "currency": Fact("string", "The currency, in lower case"),
        "arrival_date": Fact("integer", f"When it arrives, {AT}"),
        "automatic": Fact("boolean", "Whether the account's payout schedule made it"),
        "original_payout": Fact("string", "The payout that it reverses"),
        "failure_code": Fact("string", "Why it failed, as Stripe says it"),
        "created": Fact("integer", f"When it was created, {AT}"),
    },
    prefixes={},
)
ACCOUNT = Family(
    name="Account",
    says="A connected account",
    types={
        "account.authorized": "It is connected again",
        "account.deauthorized": "It has left",
        "account.capability_changed": "Its capabilities have changed",
    },
    facts={"authorized": Fact("boolean", "Whether it is connected", always=True)},
    prefixes={"can_": Fact("string", "A capability, such as `can_transfers`: active, inactive, pending or others")},
)
FAMILIES = (ORGANIZATION, ERASED, ORDER, PAYMENT, PAYOUT, ACCOUNT)
