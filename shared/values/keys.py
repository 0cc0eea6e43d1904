"""The keys of the books, and the ids of Billhook's own messages.

All data about one customer of one account lies in one partition. So its export, its erasure and its timeline are one
Query each.
"""

import hashlib

type Key = tuple[str, str]
"""The primary key of an item of the books: its partition and its sort key."""


def partition(account: str, subject: str) -> str:
    """The partition of a customer, or of an object without one, in an account: `platform#cus_123`."""
    return f"{account}#{subject}"


def split(partition_key: str) -> tuple[str, str]:
    """The account and the subject of a partition."""
    account, _, subject = partition_key.partition("#")
    return account, subject


ORGANIZATION = "organization"
PAYMENT = "payment"
ACCOUNT = "account"
TOMBSTONE = "tombstone"

ACCESS = "access"
"""The sort key of a customer's access item in the table `access`; its partition is the customer's."""

MONEY = "money"
"""The sort key, beside the tombstone of a payment, of its amounts and states without a person."""

EXPORT = "export"
"""The sort key, in an exported partition, of the note that an export file may exist; an older version had one."""

CURSORS = "reconcile"
"""The partition that holds, by account as sort key, how far the account is reconciled with Stripe's list."""


def export(committed_ms: int) -> str:
    """The sort key of the note of the export whose event was committed then, in epoch milliseconds."""
    return f"{EXPORT}#{committed_ms}"


def is_export(sort_key: str) -> bool:
    """Whether the item is the note of an export."""
    return sort_key.partition("#")[0] == EXPORT


def payout(payout_id: str) -> str:
    """The sort key, in an account's partition, of a payout to the account."""
    return f"payout#{payout_id}"


def order(session: str) -> str:
    """The sort key of the order of a Checkout session."""
    return f"order#{session}"


def subscription(subscription_id: str) -> str:
    """The sort key, in a customer's partition, of an ended subscription."""
    return f"subscription#{subscription_id}"


def invoice(invoice_id: str) -> str:
    """The sort key, in a customer's partition, of a closed invoice."""
    return f"invoice#{invoice_id}"


def pointer(payment: str) -> str:
    """The sort key, in a customer's partition, of the item that leads to a payment."""
    return f"payment#{payment}"


def holding(subject: str) -> str:
    """The sort key, in a connected account's partition, of the item that leads to another partition of the account."""
    return f"holds#{subject}"


def reference(account: str, reference: str) -> str:
    """The partition, in the table `access`, of the customers with a reference: each customer is a sort key of it."""
    return f"reference#{account}#{reference}"


SESSION = "session"
"""The sort key, in the partition of a Checkout session in the table `access`, of what came of it."""

REFRESH = "refresh"
"""The sort key, beside it, of the last refresh of the session that an app asked for."""


def session(account: str, session: str) -> str:
    """The partition, in the table `access`, of a Checkout session."""
    return f"session#{account}#{session}"


def led_to(sort_key: str) -> str | None:
    """The subject that a pointer or a holding leads to; None for another item."""
    kind, _, subject = sort_key.partition("#")
    return subject if kind in {"payment", "holds"} and subject else None


def written_once(sort_key: str) -> bool:
    """Whether the item is written once only, as an archived payload and the claim on a mail's key are."""
    return sort_key.startswith(("event#", "mail#"))


def archived(created: int, event_id: str, part: int = 0) -> str:
    """The sort key of one part of an archived payload; payloads sort by `created`, in epoch seconds."""
    return f"event#{created:012d}#{event_id}#{part}"


def mail(key: str) -> str:
    """The sort key of the claim on a mail's natural key."""
    return f"mail#{key}"


def summary(template: str, hour: int) -> str:
    """The sort key, in an account's partition, of the summary of an hour, which began at epoch seconds `hour`."""
    return f"summary#{template}#{hour}"


def schedule_name(account: str, type_: str, about: str, at: int) -> str:
    """The name of a schedule and the id of its message: a hash, because a name has 64 characters at most.

    The hash includes the due time `at`. So if the name is taken, it is taken by this same schedule.
    """
    return f"due_{digest(account, type_, about, str(at))}"


def digest(*parts: str) -> str:
    """A hash of `parts` in their order, as 48 hexadecimal digits."""
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:48]
