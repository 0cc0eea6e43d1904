"""Whether the business wants a mail at all: what its policy and a connected account's consent allow."""

from shared.books import Books
from shared.effects import Email
from shared.event import PLATFORM
from shared.policy import HOLDER_MAILS


def wanted(mail: Email, account: str, books: Books) -> bool:
    """Whether the policy allows `mail`; customers of connected accounts get mail only if the policy says so."""
    if account == PLATFORM or mail.audience == "operator":
        return mail.template not in books.policy.off
    allowed = books.policy.mail_connected or mail.template in HOLDER_MAILS
    return allowed and mail.template not in books.policy.off and books.connected(account).ours
