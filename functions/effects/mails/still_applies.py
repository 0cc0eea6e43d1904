"""Whether a mail still says what the books say: it is asked when it is sent, seconds or days after its commit."""

from functions.effects.mails.operator_mails import still_open
from shared.effects.email import MAIL_EXPIRES_AFTER, Email
from shared.mails.still_applies import still_true
from shared.mails.wanted import wanted
from shared.records.books import Books
from shared.records.connected_account import ConnectedAccount
from shared.records.organization import Organization
from shared.values.keys import split


def why_not(mail: Email, books: Books) -> str | None:
    """Why `mail` is not to be sent any more, `erased` or `overtaken`; None if it still applies.

    Raises:
        botocore.exceptions.ClientError, BotoCoreError: DynamoDB did not answer.
    """
    account, subject = split(mail.partition)
    if not wanted(mail, account, books):
        return "overtaken"
    if mail.audience == "operator":
        return None if still_open(mail, books) else "overtaken"
    if subject == account:
        holder = books.read(ConnectedAccount, account)
        return None if not holder.muted and still_true(mail, holder, books) else "overtaken"
    customer = books.read(Organization, account, subject)
    if customer.erased_at is not None and _caused_at(mail) <= customer.erased_at:
        return "erased"
    return None if not customer.muted and still_true(mail, customer, books) else "overtaken"


def _caused_at(mail: Email) -> int:
    """When the event that caused `mail` was created, in epoch seconds."""
    return mail.expires - MAIL_EXPIRES_AFTER
