"""Whether a mail still says what the books say: it is asked when it is sent, seconds or days after its commit."""

from shared.books import Books
from shared.effects import MAIL_EXPIRES_AFTER, Email
from shared.keys import split
from shared.past import ClosedInvoice
from shared.payments import Payment
from shared.records import Organization
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
        case "dispute_opened" | "dispute_escalated" | "dispute_due" | "fraud_warning":
            return _payment_needs_answer(mail.template, about, books.payment(account, subject))
        case "account_rejected":
            state = books.connected(account).state
            return state is None or state.value.rejected
        case "finalization_failed" | "items_incomplete" | "erasure_waits":
            return _customer_needs_help(mail.template, about, books.organization(account, subject), books)
    return True


def _payment_needs_answer(template: str, about: str, payment: Payment) -> bool:
    """Whether a dispute is still to be answered, or a refund may still prevent one."""
    dispute = payment.dispute(about)
    match template:
        case "fraud_warning":
            return not (payment.refunded_whole or payment.disputes)
        case "dispute_due":
            return dispute is not None and dispute.answer_by is not None
    return dispute is None or not dispute.over


def _customer_needs_help(template: str, about: str, customer: Organization, books: Books) -> bool:
    """Whether an invoice is still a draft, a subscription not shown whole, or an erasure still to come."""
    match template:
        case "erasure_waits":
            return customer.version > 0 and not customer.stays
        case "items_incomplete":
            subscription = customer.subscription(about)
            return subscription is not None and subscription.has_more
    closed = ClosedInvoice(account=customer.account, subject=customer.subject, invoice_id=about)
    invoice = customer.invoice(about)
    return books.past(closed).vacant and (invoice is None or invoice.status == "draft")
