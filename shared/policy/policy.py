"""The business's choices, which handlers ask for: mails, plans, waiting times."""

import json
from functools import cached_property
from typing import Literal

from shared.policy.plans import Plans
from shared.values import keys
from shared.values.frozen import Frozen
from shared.values.times import DAY, HOUR

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
        erase_unconfirmed_after: how long an erasure that Stripe does not confirm waits, in seconds.
        erase_waits: whether an erasure waits while an invoice or a dispute is open.
        export_links: whether a farewell links to an export; without a link no file is written.
        export_address_age: how old the change of an address must be until it gets a link to an export, in seconds.
        erase_guests_after: how long after its Checkout session began a guest is erased, in seconds; 0 for never.
        erase_after_deauthorized: how long after its departure a connected account is erased, in seconds; 0 for never.
        mail_seats: whether a mail tells of a change of quantities alone; an announcement always does.
        collect_after_end: whether to ask a customer for late invoices of an ended subscription.
        manage_url: the page where customers manage their subscription, such as the customer portal's login.
        order_key: the metadata key that marks a payment intent as an order; empty for none.
        reference_key: the metadata key of the business's own id of a customer; empty for `client_reference_id` alone.
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
    reference_key: str = ""
    erase_after: int = 30 * DAY
    erase_deleted: bool = True
    erase_unconfirmed_after: int = 72 * HOUR
    erase_waits: bool = True
    export_links: bool = True
    export_address_age: int = 7 * DAY
    erase_guests_after: int = 180 * DAY
    erase_after_deauthorized: int = 30 * DAY

    @cached_property
    def fingerprint(self) -> str:
        """A short hash of all choices; another policy has another fingerprint."""
        return _short_hash([list(self.plans.plans), self.model_dump()])  # the last plan in the file is the largest

    @cached_property
    def access_fingerprint(self) -> str:
        """A short hash of the choices that an access item depends on."""
        rules = self.plans.model_dump(exclude={"orders"})  # no access item tells of an order
        return _short_hash([list(self.plans.plans), rules, self.reference_key])


def _short_hash(choices: list[object]) -> str:
    return keys.digest(json.dumps(choices, sort_keys=True, default=sorted))[:12]
