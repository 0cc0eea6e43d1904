"""Whether a mail that was committed by an earlier attempt, maybe days ago, has been overtaken by what came since."""

from shared.books import Books
from shared.effects import Email
from shared.keys import split
from shared.still_true import still_true
from shared.wanted import wanted


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
        case "dispute_opened" | "dispute_escalated":
            dispute = books.payment(account, subject).dispute(about)
            return dispute is None or not dispute.over
        case "dispute_due":
            dispute = books.payment(account, subject).dispute(about)
            return dispute is not None and dispute.answer_by is not None
        case "fraud_warning":
            payment = books.payment(account, subject)
            return not (payment.refunded_whole or payment.disputes)
        case "account_rejected":
            state = books.connected(account).state
            return state is None or state.value.rejected
        case "finalization_failed":
            invoice = books.organization(account, subject).invoice(about)
            return invoice is None or invoice.status == "draft"
    return True
