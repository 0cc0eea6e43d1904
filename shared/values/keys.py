"""Where things lie in the two tables: the partition and sort keys of the books, and the ids of our own messages.

Everything about one customer of one account lies in one partition, so that its export, its erasure and its whole story
are each one Query.
"""

import hashlib

type Key = tuple[str, str]
"""The primary key of an item of the books: its partition and its sort key."""


def partition(account: str, subject: str) -> str:
    """The partition of a customer (or of an object that names none) in one account: `platform#cus_123`."""
    return f"{account}#{subject}"


def split(partition_key: str) -> tuple[str, str]:
    """The account and the subject of a partition."""
    account, _, subject = partition_key.partition("#")
    return account, subject


ORGANIZATION = "organization"
PAYMENT = "payment"
ACCOUNT = "account"

EXPORT = "export"
"""The sort key, in a partition that was exported, of what tells that its file may lie in the bucket."""

CURSORS = "reconcile"
"""The partition of how far each account is reconciled with Stripe's list; a sort key there is an account."""


def payout(payout_id: str) -> str:
    """The sort key, in an account's own partition, of a payout to it."""
    return f"payout#{payout_id}"


def order(session: str) -> str:
    """The sort key of the order that a Checkout session bought."""
    return f"order#{session}"


def subscription(subscription_id: str) -> str:
    """The sort key, in a customer's partition, of a subscription that has ended."""
    return f"subscription#{subscription_id}"


def invoice(invoice_id: str) -> str:
    """The sort key, in a customer's partition, of an invoice that is closed."""
    return f"invoice#{invoice_id}"


def pointer(payment: str) -> str:
    """The sort key, in a customer's partition, of what leads to a payment."""
    return f"payment#{payment}"


def holding(subject: str) -> str:
    """The sort key, in a connected account's partition, of what leads to something of that account's."""
    return f"holds#{subject}"


def led_to(sort_key: str) -> str | None:
    """Whose partition a pointer or a holding leads to; None if the item is neither."""
    kind, _, subject = sort_key.partition("#")
    return subject if kind in {"payment", "holds"} and subject else None


def written_once(sort_key: str) -> bool:
    """Whether an item is never written again: an archived payload, or the claim on a mail's key."""
    return sort_key.startswith(("event#", "mail#"))


def archived(created: int, event_id: str, part: int = 0) -> str:
    """The sort key of an archived payload; sorts by `created`, in epoch seconds."""
    return f"event#{created:012d}#{event_id}#{part}"


def mail(key: str) -> str:
    """The sort key of the claim on a mail's natural key."""
    return f"mail#{key}"


def schedule_name(account: str, type_: str, about: str, at: int) -> str:
    """The name of a schedule, and the id of the message it sends: a hash, since names end at 64 characters.

    The due time is part of it: a name stays taken until it has fired, so a name that is taken is this same schedule.
    """
    return f"due_{digest(account, type_, about, str(at))}"


def digest(*parts: str) -> str:
    """A short name for `parts`, in their order, that another set of parts does not share."""
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:48]
