"""Which mails the business wants sent: none that is switched off, and of a connected account's only some."""

from shared.effects.email import Email
from shared.policy.policy import HOLDER_MAILS, OF_THE_PLATFORM
from shared.records.books import Books
from shared.records.connected_account import ConnectedAccount
from shared.stripe_objects.event import PLATFORM


def wanted(mail: Email, account: str, books: Books) -> bool:
    """Whether the business wants `mail`, which is about something of `account`."""
    policy = books.policy
    if mail.template in policy.off:
        return False
    if account == PLATFORM:
        return True
    if mail.audience == "operator":
        return policy.tell_connected or mail.template in OF_THE_PLATFORM
    if not (policy.mail_connected or mail.template in HOLDER_MAILS):
        return False
    return books.read(ConnectedAccount, account).is_authorized
