"""Perform: the one place where anything happens outside the tables, entry by entry of a lane.

Entries are independent: a failed one holds up no other. Three wait: a farewell for the export that it links to, the
announcement of an erasure for the erasure, and the mail that a list is incomplete for the look at Stripe.

Outcomes are written once, at the end. A mail cannot be repeated safely, so its outcome is also written before the next
mail begins. If SES's answer is lost, or the worker dies before it has written the outcome, SES gets that mail twice.

An event that owes both lanes is handed over to the lane of effects alone. Its worker hands the mails on first. If it
dies before that, it has written nothing about the lane, and the next worker hands them on.
"""

from dataclasses import replace

from functions.effects.lane.attempts import checkpoint
from functions.effects.lane.retry import after_failure
from functions.effects.lane.turn import Result, Turn, conclude
from functions.effects.worker import Done, More
from shared.effects.email import Email
from shared.failures.errors import MailDeferred
from shared.failures.kinds import failure_of
from shared.inbox.outbox import (
    Owed,
    OwedErasure,
    OwedExport,
    OwedMail,
    OwedObservation,
    OwedPublish,
    OwedReminder,
    Progress,
)
from shared.mails.may_go import why_not
from shared.tables.attributes import from_item, to_item
from shared.tables.store import Store
from shared.tables.tombstones import erased_since
from shared.values import keys

MOST_ROUNDS = 500
"""How often a message of our own continues one erasure: hours of it. Lambda's recursion detection is off for that."""


def perform(turn: Turn) -> Result:
    """Hand the mails on, try every entry that is due, and write down and say what became of it.

    Raises:
        FencedError: another worker has taken the lane.
        botocore.exceptions.ClientError, BotoCoreError: the mails could not be handed on, and nothing was done; or what
            was done could not be written down. The lease lapses.
    """
    if turn.leased.hands_on:
        turn.worker.handover.send(turn.leased.event_id, turn.leased.account, ("mails",))
    for place, owed in turn.leased.entries:
        progress = turn.progress(place)
        if progress.outcome is None and progress.failed_ms is None and progress.not_before <= turn.worker.store.now():
            _try(turn, place, owed, progress)
        if turn.deferred_until:
            break  # what SES said of one mail holds for the rest
    return replace(conclude(turn), faulty=turn.faulty)


def _try(turn: Turn, place: int, owed: Owed, progress: Progress) -> None:
    if isinstance(owed, OwedMail) and any(isinstance(turn.leased.outbox[one], OwedMail) for one in turn.unwritten):
        checkpoint(turn.worker.store, turn.leased, turn.unwritten)
        turn.unwritten.clear()
    try:
        came = _perform_one(turn, owed, progress)
    except Exception as error:  # noqa: BLE001 - whatever it is, it is recorded, and tried again or given up
        worker = turn.worker
        mail = isinstance(owed, OwedMail)
        turn.faulty |= failure_of(error).kind == "deployment"
        failed = after_failure(progress, error, worker.store.clock(), worker.jitter, mail=mail)
        turn.note(place, failed)
        if isinstance(error, MailDeferred):
            turn.deferred_until = failed.not_before
        return
    match came:
        case Done(outcome):
            turn.note(place, Progress(outcome=outcome))
        case More(cursor) if progress.rounds < MOST_ROUNDS:
            turn.note(place, Progress(cursor=cursor, rounds=progress.rounds + 1))
        case More(cursor):
            failed_ms = int(turn.worker.store.clock() * 1000)
            turn.note(place, Progress(cursor=cursor, failed_ms=failed_ms, error="Endless too_many_rounds"))
        case None:
            pass


def _perform_one(turn: Turn, owed: Owed, progress: Progress) -> Done | More | None:
    """Perform an entry; None if it still waits for another one."""
    if isinstance(owed, OwedMail):
        return _mail(turn, owed)
    if turn.waits_for(owed):
        return None
    if isinstance(owed, OwedErasure):
        return turn.worker.performers.erase(owed.erase, progress.cursor, turn.deadline)
    return Done(_at_once(turn, owed))


def _at_once(turn: Turn, owed: OwedReminder | OwedPublish | OwedExport | OwedObservation) -> str:
    does = turn.worker.performers
    match owed:
        case OwedReminder(remind=remind):
            return does.set_reminder(remind)
        case OwedPublish():
            return _publish(turn, owed)
        case OwedExport(export=export):
            return does.export(export, turn.leased.committed_ms, turn.deadline)
        case OwedObservation(observe=observe):
            return "erased" if _erased(turn, observe.account, observe.owner) else does.observe(observe)


def _mail(turn: Turn, owed: OwedMail) -> Done | None:
    """Send a mail, unless its time or its reason has passed."""
    worker = turn.worker
    mail = _committed_mail(worker.store, owed)
    if mail is None:
        return Done("erased")
    if mail.to is None and mail.audience == "customer":
        return Done("no address")
    if mail.expires <= worker.store.clock():
        return Done("too late")
    if turn.waits_for(owed):
        return None
    reason = "overtaken" if turn.answered(owed) else why_not(mail, worker.books)
    return Done(reason or worker.performers.send_mail(mail))


def _committed_mail(store: Store, owed: OwedMail) -> Email | None:
    key = to_item({"pk": owed.partition, "sk": keys.mail(owed.key)})
    found = store.client.get_item(TableName=store.books, Key=key, ConsistentRead=True).get("Item")
    return Email.model_validate_json(from_item(found)["mail"]) if found else None


def _publish(turn: Turn, owed: OwedPublish) -> str:
    """Publish, but nothing about a customer or an account that was erased since the event was committed.

    An erasure's own announcement, which waits for it, is always published: code before 0.2 wrote the tombstone late.
    """
    about = {(one.account, one.customer) for one in owed.announcements}
    erased = {one for one in about if owed.after is None and _erased(turn, *one)}
    left = [one for one in owed.announcements if (one.account, one.customer) not in erased]
    return turn.worker.performers.publish(left) if left else "erased"


def _erased(turn: Turn, account: str, customer: str | None) -> bool:
    return erased_since(turn.worker.store, account, customer, turn.leased.committed_ms)
