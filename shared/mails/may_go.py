"""May this mail go? The decision asks when an address comes, and the worker asks when it sends the mail."""

from typing import Literal

from shared.effects.email import MAIL_EXPIRES_AFTER, Email
from shared.mails.catalogue import MAILS
from shared.mails.mail import Told, always
from shared.records.books import Books
from shared.records.connected_account import ConnectedAccount
from shared.records.organization import Organization
from shared.values.keys import split
from shared.values.platform import PLATFORM


def wanted(mail: Email, books: Books) -> bool:
    """Whether the business wants `mail`: it is switched on, and allowed for the account that it is about."""
    policy, kind = books.policy, MAILS.get(mail.template)
    account, _ = split(mail.partition)
    if mail.template in policy.off:
        return False
    if account == PLATFORM:
        return True
    if mail.audience == "operator":
        return policy.tell_connected or (kind is not None and kind.about_platform)
    to_holder = kind is not None and kind.audience == "holder"
    return (policy.mail_connected or to_holder) and books.read(ConnectedAccount, account).is_authorized


def why_not(mail: Email, books: Books) -> Literal["erased", "overtaken"] | None:
    """Why `mail` must not go, or None if it may.

    A mail that the catalogue does not name may go: a newer version made it, and its rendering fails here until that
    version sends it.

    Raises:
        botocore.exceptions.ClientError, BotoCoreError: DynamoDB did not answer.
    """
    if not wanted(mail, books):
        return "overtaken"
    account, owner = split(mail.partition)
    if mail.audience != "operator":
        if owner == account:
            muted = books.read(ConnectedAccount, account).muted
        else:
            customer = books.read(Organization, account, owner)
            if customer.erased_at is not None and _caused_at(mail) <= customer.erased_at:
                return "erased"
            muted = customer.muted
        if muted:
            return "overtaken"
    kind = MAILS.get(mail.template)
    if kind is None or kind.applies is always:  # the key of a past event may be unreadable
        return None
    key = kind.parse_key(mail.key)
    return None if key is not None and kind.applies(Told(account, owner, key), books) else "overtaken"


def _caused_at(mail: Email) -> int:
    """When the event that caused `mail` was created, in epoch seconds."""
    return mail.expires - MAIL_EXPIRES_AFTER
