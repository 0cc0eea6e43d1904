"""Whether a mail still says what the books say: it is asked when it is sent, seconds or days after its commit."""

from shared.books import Books
from shared.effects import MAIL_EXPIRES_AFTER, Email
from shared.keys import split
from shared.past import ClosedInvoice
from shared.still_true import still_true
from shared.wanted import wanted


def why_not(mail: Email, books: Books) -> str | None:
    """Why `mail` is not to be sent any more, `erased` or `overtaken`; None if it still applies.

    Raises:
        botocore.exceptions.ClientError, BotoCoreError: DynamoDB did not answer.
    """
    account, subject = split(mail.partition)
    if not wanted(mail, account, books):
        return "overtaken"
    if mail.audience == "operator":
        return None if _still_open(mail, account, subject, books) else "overtaken"
    if subject == account:
        holder = books.connected(account)
        return None if not holder.silent and still_true(mail, holder, books) else "overtaken"
    customer = books.organization(account, subject)
    if customer.erased_at is not None and _caused_at(mail) <= customer.erased_at:
        return "erased"
    return None if not customer.silent and still_true(mail, customer, books) else "overtaken"


def _caused_at(mail: Email) -> int:
    """When the event that caused `mail` was created, in epoch seconds."""
    return mail.expires - MAIL_EXPIRES_AFTER


def _still_open(mail: Email, account: str, subject: str, books: Books) -> bool:
    """Whether there is anything left for the operator to do."""
    about = mail.key.partition(":")[2].partition(":")[0]
    match mail.template:
        case "dispute_opened":
            dispute = books.payment(account, subject).disputes.get(about)
            return dispute is None or not dispute.value.final
        case "finalization_failed":
            if not books.past(ClosedInvoice(account=account, subject=subject, invoice_id=about)).vacant:
                return False
            invoice = books.organization(account, subject).invoice(about)
            return invoice is None or invoice.status == "draft"
        case "items_incomplete":
            subscription = books.organization(account, subject).subscription(about)
            return subscription is not None and subscription.has_more
        case "erasure_waits":
            customer = books.organization(account, subject)
            return customer.version > 0 and not customer.stays
    return True
