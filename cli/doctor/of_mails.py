"""What `billhook doctor` finds about Amazon SES: sandbox, pause, quota, and the sender's identity."""

from collections.abc import Iterator
from email.utils import parseaddr
from typing import TYPE_CHECKING

from cli.doctor.finding import Finding, ok, wrong
from cli.where import Where

if TYPE_CHECKING:
    from mypy_boto3_sesv2.client import SESV2Client

NEARLY = 0.8
"""The share of the day's quota from which on it is told."""


def of_the_account(where: Where) -> Iterator[Finding]:
    """Whether SES sends to anybody, and today still; raises botocore's errors."""
    ses: SESV2Client = where.client("sesv2")
    account = ses.get_account()
    quota = account["SendQuota"]
    most, sent = quota["Max24HourSend"], quota["SentLast24Hours"]
    if not account["ProductionAccessEnabled"]:
        yield wrong(
            "Amazon SES",
            "it is in the sandbox, and sends to verified addresses only",
            "ask for production access: SES console, Account dashboard",
        )
    if not account["SendingEnabled"]:
        yield wrong("Amazon SES", "sending is paused", "SES console, Account dashboard says why")
    if most > 0 and sent >= NEARLY * most:  # -1 is no limit
        yield wrong("Amazon SES", f"{sent:.0f} of {most:.0f} mails of the day are sent", "have the quota raised")
    if account["ProductionAccessEnabled"] and account["SendingEnabled"]:
        yield ok("Amazon SES", f"{sent:.0f} of {most:.0f} mails of the day are sent")


def of_the_sender(where: Where, sender: str) -> Iterator[Finding]:
    """Whether the sender's address, or its domain, is a verified identity; raises botocore's errors."""
    ses: SESV2Client = where.client("sesv2")
    address = parseaddr(sender)[1]
    domain = address.rpartition("@")[2]
    states: list[str] = []
    for identity in (address, domain):
        try:
            found = ses.get_email_identity(EmailIdentity=identity)
        except ses.exceptions.NotFoundException:
            continue
        if found["VerifiedForSendingStatus"]:
            yield ok("mail sender", f"{identity} is verified")
            return
        states.append(f"{identity} is not verified yet")
    says = "; ".join(states) or f"Amazon SES knows neither {address} nor {domain}"
    yield wrong("mail sender", says, f"aws sesv2 create-email-identity --email-identity {domain}, then its DNS records")
