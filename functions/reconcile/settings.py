"""The settings of reconcile, read from the environment and checked once at start."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

from shared.messages.envelope import GroupBy
from shared.runtime.emf import NAMESPACE

MODES = {"true": True, "false": False, "any": None}
"""The values that `LIVEMODE` may have."""


@dataclass(frozen=True)
class Settings:
    """The settings of reconcile.

    Attributes:
        queue_url: URL of the FIFO queue of events (`QUEUE_URL`).
        effects_queue_url: URL of the queue of owed effects (`EFFECTS_QUEUE_URL`).
        mails_queue_url: URL of the queue of owed mails (`MAILS_QUEUE_URL`).
        inbox_table: Name of the inbox table (`INBOX_TABLE`).
        books_table: Name of the books table, which also holds the cursors (`BOOKS_TABLE`).
        stripe_key_id: ARN or name of the secret with Stripe's API key (`STRIPE_KEY_ID`).
        message_key_id: ARN or name of the secret with the keys that sign messages (`MESSAGE_KEY_ID`).
        group_by: Which events share one message group (`GROUP_BY`), as in ingest.
        livemode: The mode whose events the stack handles (`LIVEMODE`); None for both.
        metrics_namespace: The namespace of the metrics in CloudWatch (`METRICS_NAMESPACE`).
        stripe_api: The base URL of Stripe's API, which only tests set (`STRIPE_API_BASE`); None for Stripe itself.
    """

    queue_url: str
    effects_queue_url: str
    mails_queue_url: str
    inbox_table: str
    books_table: str
    stripe_key_id: str
    message_key_id: str
    group_by: GroupBy
    livemode: bool | None
    metrics_namespace: str
    stripe_api: str | None

    @classmethod
    def from_environ(cls, environ: Mapping[str, str]) -> Self:
        """Settings read from environment variables.

        Raises:
            ValueError: A variable is missing or has no valid value; the message names it.
        """
        return cls(
            queue_url=_required(environ, "QUEUE_URL"),
            effects_queue_url=_required(environ, "EFFECTS_QUEUE_URL"),
            mails_queue_url=_required(environ, "MAILS_QUEUE_URL"),
            inbox_table=_required(environ, "INBOX_TABLE"),
            books_table=_required(environ, "BOOKS_TABLE"),
            stripe_key_id=_required(environ, "STRIPE_KEY_ID"),
            message_key_id=_required(environ, "MESSAGE_KEY_ID"),
            group_by=group_by(_required(environ, "GROUP_BY")),
            livemode=MODES[_one_of(environ, "LIVEMODE", *MODES)],
            metrics_namespace=environ.get("METRICS_NAMESPACE") or NAMESPACE,
            stripe_api=environ.get("STRIPE_API_BASE") or None,
        )


def group_by(value: str) -> GroupBy:
    """Which events share one message group.

    Raises:
        ValueError: it is neither account nor customer.
    """
    match value:
        case "account" | "customer":
            return value
        case _:
            raise ValueError(f"GROUP_BY is {value!r}. Set it to account or customer.")


def _required(environ: Mapping[str, str], name: str) -> str:
    value = environ.get(name, "").strip()
    if not value:
        raise ValueError(
            f"The environment variable {name} is not set. See functions/reconcile/settings.py for its meaning."
        )
    return value


def _one_of(environ: Mapping[str, str], name: str, *allowed: str) -> str:
    value = _required(environ, name)
    if value not in allowed:
        raise ValueError(f"{name} is {value!r}. Set it to {' or '.join(allowed)}.")
    return value
