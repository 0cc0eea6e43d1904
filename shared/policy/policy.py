"""The choices of the business, for handlers to ask: which mails, which plans, how long to wait."""

import json
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
        plans: the plans that the business sells.
        off: the names of the mails that are switched off.
        mail_connected: whether customers of connected accounts get mail at all.
        tell_connected: whether the operator hears of the prices, disputes and failures of connected accounts.
        upcoming: the billing intervals whose renewals a mail announces.
        erase_after: the time from the last subscription's end to the customer's erasure, in seconds; 0 for never.
        erase_deleted: whether a customer who is deleted at Stripe is erased at once.
        erase_waits: whether an erasure waits while an invoice or a dispute is open.
        erase_after_deauthorized: the time from an account's departure to its erasure, in seconds; 0 for never.
        mail_seats: whether a change of quantities alone is mailed; it is always announced.
        collect_after_end: whether a mail still asks for open invoices of a subscription that has ended.
        manage_url: where customers change or cancel their subscription, such as the customer portal's login page.
        order_key: the metadata key that makes a payment intent an order; empty if none does.
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
        """A hash of the choices: two different policies have two fingerprints."""
        ordered = [list(self.plans.plans), self.model_dump()]  # the last plan in the file is the largest
        return keys.digest(json.dumps(ordered, sort_keys=True, default=sorted))[:12]
