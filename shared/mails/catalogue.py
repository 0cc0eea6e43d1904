"""The mail catalogue: every mail by its name, and the names that the business switches off."""

from collections.abc import Mapping

from shared.mails import (
    of_accounts,
    of_invoices,
    of_orders,
    of_subscriptions,
    to_operator,
    to_operator_of_erasures,
    to_operator_of_payments,
)
from shared.mails.mail import AnyMail, Mail

_FAMILIES = (
    of_orders,
    of_subscriptions,
    of_invoices,
    of_accounts,
    to_operator,
    to_operator_of_erasures,
    to_operator_of_payments,
)

MAILS: Mapping[str, AnyMail] = {
    mail.name: mail for family in _FAMILIES for mail in vars(family).values() if isinstance(mail, Mail)
}
"""Every mail that Billhook sends, by name."""


def mails_to(*audiences: str) -> frozenset[str]:
    """The names of the mails to readers of these kinds."""
    return frozenset(name for name, mail in MAILS.items() if mail.audience in audiences)


def mails_off(names: str) -> frozenset[str]:
    """The mails that a comma-separated list of names switches off.

    Raises:
        ValueError: no mail has this name; the text lists all names.
    """
    off = frozenset(name.strip() for name in names.split(",") if name.strip())
    unknown = off - MAILS.keys()
    if unknown:
        raise ValueError(f"MAILS_OFF names {', '.join(sorted(unknown))}; there are {', '.join(MAILS)}")
    return off
