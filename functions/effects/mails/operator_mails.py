"""Whether a mail to the operator still tells of something to do."""

from shared.effects.email import Email
from shared.records.books import Books
from shared.records.past import ClosedInvoice
from shared.values.keys import split


def still_open(mail: Email, books: Books) -> bool:
    """Whether there is anything left for the operator to do; raises botocore's errors if DynamoDB does not answer."""
    account, subject = split(mail.partition)
    about = mail.key.partition(":")[2].partition(":")[0]
    match mail.template:
        case "dispute_opened" | "dispute_escalated" | "dispute_due" | "fraud_warning":
            return _about_a_payment(mail.template, about, account, subject, books)
        case "account_rejected":
            state = books.connected(account).state
            return state is None or state.value.rejected
        case "finalization_failed":
            return _is_unfinished(about, account, subject, books)
        case "items_incomplete":
            subscription = books.organization(account, subject).subscription(about)
            return subscription is not None and subscription.has_more
        case "erasure_waits":
            customer = books.organization(account, subject)
            return customer.version > 0 and not customer.is_still_subscribed
    return True


def _about_a_payment(template: str, about: str, account: str, subject: str, books: Books) -> bool:
    payment = books.payment(account, subject)
    dispute = payment.dispute(about)
    match template:
        case "dispute_due":
            return dispute is not None and dispute.answer_by is not None
        case "fraud_warning":
            return not (payment.refunded_whole or payment.disputes)
    return dispute is None or not dispute.over


def _is_unfinished(about: str, account: str, subject: str, books: Books) -> bool:
    """Whether an invoice that could not be finalized is a draft still."""
    if not books.past(ClosedInvoice(account=account, subject=subject, invoice_id=about)).is_empty:
        return False
    invoice = books.organization(account, subject).invoice(about)
    return invoice is None or invoice.status == "draft"
