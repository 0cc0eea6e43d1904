"""Which mails the business wants sent: none that is switched off, and of a connected account's only some."""

from typing import Protocol

from shared.effects.email import Email
from shared.policy.policy import HOLDER_MAILS, OF_THE_PLATFORM, Policy
from shared.records.connected_account import ConnectedAccount
from shared.stripe_objects.event import PLATFORM


class Wishes(Protocol):
    """As much of the books as tells whether a mail is wanted."""

    @property
    def policy(self) -> Policy:
        """What the business has decided."""

    def connected(self, account: str) -> ConnectedAccount:
        """A connected account."""


def wanted(mail: Email, account: str, books: Wishes) -> bool:
    """Whether the business wants `mail`, which is about something of `account`."""
    policy = books.policy
    if mail.template in policy.off:
        return False
    if account == PLATFORM:
        return True
    if mail.audience == "operator":
        return policy.tell_connected or mail.template in OF_THE_PLATFORM
    return (policy.mail_connected or mail.template in HOLDER_MAILS) and books.connected(account).is_authorized
