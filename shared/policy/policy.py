"""The business's choices, which handlers ask for: mails, plans, waiting times."""

import json
from collections.abc import Mapping
from functools import cached_property
from typing import Literal

from shared.policy.plans import Plans
from shared.values import keys
from shared.values.frozen import Frozen
from shared.values.times import DAY

type Interval = Literal["day", "week", "month", "year"]


class Policy(Frozen):
    """The business's choices.

    Args:
        plans: the plans and add-ons.
        off: the mails that are switched off, by template name.
        mail_connected: whether customers of connected accounts get mail.
        tell_connected: whether the operator is told of the prices, disputes and failures of connected accounts.
        upcoming: the billing intervals whose renewals a mail announces.
        erase_after: how long after the last subscription's end a customer is erased, in seconds; 0 for never.
        erase_deleted: whether deletion at Stripe erases a customer at once.
        erase_waits: whether an erasure waits while an invoice or a dispute is open.
        erase_after_deauthorized: how long after its departure a connected account is erased, in seconds; 0 for never.
        mail_seats: whether a mail tells of a change of quantities alone; an announcement always does.
        collect_after_end: whether to ask a customer for late invoices of an ended subscription.
        manage_url: the page where customers manage their subscription, such as the customer portal's login.
        order_key: the metadata key that marks a payment intent as an order; empty for none.
    """

    plans: Plans = Plans()
    off: frozenset[str] = frozenset()
    mail_connected: bool = False
    tell_connected: bool = False
    upcoming: frozenset[Interval] = frozenset({"year"})
    mail_seats: bool = False
    collect_after_end: bool = False
    manage_url: str = ""
    order_key: str = ""
    erase_after: int = 30 * DAY
    erase_deleted: bool = True
    erase_waits: bool = True
    erase_after_deauthorized: int = 30 * DAY

    @cached_property
    def fingerprint(self) -> str:
        """A short hash of all choices; another policy has another fingerprint."""
        ordered = [list(self.plans.plans), self.model_dump()]  # the last plan in the file is the largest
        return keys.digest(json.dumps(ordered, sort_keys=True, default=sorted))[:12]


MAILS: Mapping[str, str] = {
    "order_confirmed": "Customer emails > Successful payments",
    "order_failed": "",
    "welcome": "",
    "trial_ending": "Subscriptions and emails > Send emails when a free trial is ending",
    "plan_changed": "",
    "cancellation_scheduled": "",
    "cancellation_withdrawn": "",
    "subscription_on_hold": "",
    "farewell": "",
    "erasure_postponed": "",
    "invoice_due": "Subscriptions and emails > Email finalized invoices to customers",
    "invoice_overdue": "Subscriptions and emails > Send reminders if a recurring invoice hasn't been paid",
    "invoice_upcoming": "Subscriptions and emails > Send emails about upcoming renewals",
    "receipt": "Customer emails > Successful payments",
    "payment_failed": "Subscriptions and emails > Send emails when card payments fail",
    "payment_still_due": "",
    "payment_confirm": "Subscriptions and emails > Send a Stripe-hosted link to confirm payments",
    "refund": "Customer emails > Refunds",
    "payout_coming": "",
    "payout_failed": "",
    "payout_canceled": "",
    "account_requirements": "",
}
"""Every mail to a customer or an account's holder, and the setting at Stripe that sends the same, to be turned off."""

HOLDER_MAILS = frozenset({"payout_coming", "payout_failed", "payout_canceled", "account_requirements"})
"""The mails to a connected account's holder, who is the business's own customer; the rest go to the holder's."""

OPERATOR_MAILS = frozenset(
    {
        "account_rejected",
        "dispute_closed",
        "dispute_due",
        "dispute_escalated",
        "dispute_opened",
        "erasure_waits",
        "finalization_failed",
        "fraud_warning",
        "invoice_overpaid",
        "items_incomplete",
        "price_key_moved",
        "refund_after_erasure",
        "refund_failed",
        "unknown_price",
    }
)
"""The mails to the operator, who runs the business."""

OF_THE_PLATFORM = frozenset({"account_rejected"})
"""The operator's mails about a connected account that are the platform's business, not the account's own."""


def mails_off(names: str) -> frozenset[str]:
    """The mails that are switched off, from their names separated by commas.

    Raises:
        ValueError: a name is none of a mail; says which there are.
    """
    off = frozenset(name.strip() for name in names.split(",") if name.strip())
    unknown = off - MAILS.keys() - OPERATOR_MAILS
    if unknown:
        there_are = ", ".join((*MAILS, *sorted(OPERATOR_MAILS)))
        raise ValueError(f"MAILS_OFF names {', '.join(sorted(unknown))}; there are {there_are}")
    return off
