"""The words of a person for what the tables hold: facts, effects, outcomes, and why a schedule fires."""

from collections.abc import Mapping
from datetime import UTC, datetime

from shared.decisions.journal import Change
from shared.inbox.outbox import (
    Owed,
    OwedErasure,
    OwedExport,
    OwedMail,
    OwedObservation,
    OwedPublish,
    OwedReminder,
)
from shared.inbox.progress import Progress
from shared.values.frozen import Scalar

TIMES = ("_at", "_on", "_until", "arrival_date")

SCHEDULES: Mapping[str, tuple[str, str]] = {
    "reminder.payment_failed": ("asks the customer again for a failed payment", "the invoice is paid, void or dropped"),
    "reminder.invoice_due": ("reminds the customer of an invoice's due date", "the invoice is paid or void"),
    "reminder.grace_over": ("ends access and tells the customer", "the payment comes, or the subscription ends"),
    "reminder.trial_ending": ("tells the customer that the trial ends", "the trial or the subscription ends before"),
    "reminder.grant_ended": ("ends a grant", "a newer grant or a revocation comes before"),
    "reminder.dispute": ("reminds the operator to answer a dispute", "the dispute is answered or closed"),
    "farewell.due": ("says farewell and writes the export", "the customer subscribes again"),
    "farewell.asked": ("writes the export again, with a new link", "the customer subscribes again"),
    "erasure.due": ("asks whether to erase the customer", "the customer subscribes again"),
    "erasure.account_due": ("asks whether to erase the account", "the account connects again"),
    "erasure.guest_asked": (
        "asks whether to erase a guest whom the business wants erased",
        "the guest's money is open",
    ),
    "erasure.asked": ("erases a customer whom the business wants erased", "the customer subscribes again"),
    "erasure.guest_due": ("asks whether to erase a guest", "the guest's money is open, or something newer came"),
    "summary.due": ("tells the operator of the hour's other mails of one kind", "an earlier summary has told of them"),
    "erasure.unconfirmed": ("erases if Stripe has not answered", "Stripe answers before"),
}
"""By type of message: what it does when it fires, and what would silence it."""


def fact(name: str, value: Scalar) -> str:
    """A fact's value in words."""
    match value:
        case None:
            return "unknown" if name == "access" else "none"
        case bool():
            return "yes" if value else "no"
        case int() if name.endswith(TIMES):
            return f"{datetime.fromtimestamp(value, UTC):%d %b %Y %H:%M} UTC"
    return str(value)


def change(name: str, before_after: Change) -> str:
    """A change in words: `past due: no -> yes`."""
    before, after = before_after
    return f"{name.replace('_', ' ')}: {fact(name, before)} -> {fact(name, after)}"


def owed_as(owed: Owed) -> str:
    """An entry of an outbox in words."""
    match owed:
        case OwedMail(key=key):
            return f"mail {key}"
        case OwedReminder(remind=remind):
            return f"schedule {remind.type} for {datetime.fromtimestamp(remind.at, UTC):%d %b %Y %H:%M}"
        case OwedPublish(announcements=announcements):
            return "announce " + (", ".join(one.name for one in announcements) or "on the bus")
        case OwedExport(export=export):
            return f"export {export.customer}"
        case OwedErasure(erase=erase):
            return f"erase {erase.customer}"
        case OwedObservation(observe=observe):
            return f"ask Stripe for {observe.object} {observe.id}"


def how_far(progress: Progress, now: int) -> str:
    """What became of an entry, or how far it is."""
    if progress.outcome:
        return progress.outcome
    tried = f"attempt {progress.attempts} failed: {progress.error}" if progress.error else "owed, not tried yet"
    if progress.failed_ms:
        return f"given up after {tried}"
    again = f", again in {progress.not_before - now} s" if progress.not_before > now else ""
    return f"{tried}{again}"
