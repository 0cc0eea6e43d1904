"""Whether a mail that was committed by an earlier attempt, maybe days ago, has been overtaken by what came since."""

from functions.consumer.decide import wanted
from shared.books import Books
from shared.effects import Email
from shared.keys import split
from shared.past import ClosedInvoice
from shared.still_true import still_true


def overtaken(mail: Email, books: Books) -> bool:
    """Whether `mail` would not be sent if it were decided on now; raises botocore's errors if nobody answers."""
    account, subject = split(mail.partition)
    if not wanted(mail, account, books):
        return True
    if mail.audience == "operator":
        return not _still_open(mail, account, subject, books)
    whom = books.connected(account) if subject == account else books.organization(account, subject)
    return whom.silent or not still_true(mail, whom, books)


def _still_open(mail: Email, account: str, subject: str, books: Books) -> bool:
    """Whether there is anything left for the operator to do."""
    _, about, *_ = mail.key.split(":")
    match mail.template:
        case "dispute_opened":
            dispute = books.payment(account, subject).disputes.get(about)
            return dispute is None or not dispute.value.final
        case "finalization_failed":
            if not books.past(ClosedInvoice(account=account, subject=subject, invoice_id=about)).vacant:
                return False
            invoice = books.organization(account, subject).invoice(about)
            return invoice is None or invoice.status == "draft"
    return True
