"""Perform: the one place where Billhook acts outside its tables, entry by entry of a lane.

Entries are independent: a failed entry delays no other. There are three exceptions. A farewell mail waits for the
export that it links to. The announcement of an erasure waits for the erasure. The mail that a list is incomplete waits
for the observation.

Outcomes are written once, at the end. A mail cannot be repeated safely, so its outcome is also written before the next
mail begins. If SES's answer is lost, or the worker dies before it has written the outcome, SES gets that mail twice.

The consumer hands an event that owes both lanes over to the lane of effects alone. The worker of that lane hands the
mails over first. If it dies before that, it has written nothing on the item, and the next worker hands them over.
"""

from dataclasses import replace

from functions.effects.lane.attempt import Attempt, Result, conclude
from functions.effects.lane.progress import checkpoint
from functions.effects.lane.retry import after_failure
from functions.effects.perform.books_read_once import BooksReadOnce
from functions.effects.perform.export_links import NO_LINK
from functions.effects.worker import Done, Partial
from shared.effects.email import Email
from shared.failures.errors import MailDeferred, OverLimit
from shared.failures.kinds import failure_of
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
from shared.mails.may_go import why_not
from shared.tables.attributes import from_item, to_item
from shared.tables.store import Store
from shared.tables.tombstones import erased_since
from shared.values import keys

MOST_ROUNDS = 500
"""How many messages continue one erasure, at most: hours of work. Lambda's recursion detection is off for that."""


def perform(attempt: Attempt) -> Result:
    """Hand the mails over if that is due, try every entry that is due, and write and return the result.

    Raises:
        FencedError: another worker has leased the lane.
        botocore.exceptions.ClientError, BotoCoreError: SQS did not take the mails' hand-over, and nothing was done; or
            DynamoDB did not take the progress. The lease expires.
    """
    if attempt.leased.hands_over_mails:
        attempt.worker.handover.send(attempt.leased.event_id, attempt.leased.account, ("mails",))
    for place, owed in attempt.leased.entries:
        progress = attempt.progress(place)
        if (
            progress.outcome is None
            and progress.failed_ms is None
            and progress.not_before <= attempt.worker.store.now()
        ):
            _try(attempt, place, owed, progress)
        if attempt.deferred_until:
            break  # SES would refuse the other mails, too
    result, owed_since = conclude(attempt), attempt.owed_since
    return replace(result, faulty=attempt.faulty, over_limit=attempt.over_limit, owed_since=owed_since)


def _try(attempt: Attempt, place: int, owed: Owed, progress: Progress) -> None:
    if isinstance(owed, OwedMail) and any(
        isinstance(attempt.leased.outbox[one], OwedMail) for one in attempt.unwritten
    ):
        checkpoint(attempt.worker.store, attempt.leased, attempt.unwritten)
        attempt.unwritten.clear()
    try:
        progress = _counted(attempt, owed, progress)
        came = _perform_one(attempt, owed, progress)
    except Exception as error:  # noqa: BLE001 - every failure is recorded, and tried again or given up
        worker = attempt.worker
        mail = isinstance(owed, OwedMail)
        attempt.faulty |= failure_of(error).kind == "deployment"
        attempt.over_limit += isinstance(error, OverLimit)
        failed = after_failure(progress, error, worker.store.clock(), worker.jitter, mail=mail)
        attempt.note(place, failed)
        if isinstance(error, MailDeferred):
            attempt.deferred_until = failed.not_before
        return
    match came:
        case Done(outcome):
            # A farewell may still wait for this export: its age needs to know until when the limit put the export off.
            attempt.note(place, Progress(outcome=outcome, put_off_until=progress.put_off_until))
        case Partial(cursor) if progress.rounds < MOST_ROUNDS:
            attempt.note(place, Progress(cursor=cursor, rounds=progress.rounds + 1))
        case Partial(cursor):
            failed_ms = int(attempt.worker.store.clock() * 1000)
            attempt.note(place, Progress(cursor=cursor, failed_ms=failed_ms, error="Endless too_many_rounds"))
        case None:
            pass


def _perform_one(attempt: Attempt, owed: Owed, progress: Progress) -> Done | Partial | None:
    """Perform an entry; returns None if it still waits for another entry."""
    if isinstance(owed, OwedMail):
        return _mail(attempt, owed)
    if attempt.waits_for(owed):
        return None
    if isinstance(owed, OwedErasure):
        return attempt.worker.performers.erase(
            owed.erase, attempt.leased.committed_ms, progress.cursor, attempt.deadline
        )
    return Done(_at_once(attempt, owed))


def _counted(attempt: Attempt, owed: Owed, progress: Progress) -> Progress:
    """The progress of an entry that the hour's limit has counted, if it is an erasure or an export.

    Raises OverLimit if the hour has had its share. If counting fails for any reason, nothing may begin.
    """
    if progress.counted or progress.cursor is not None:  # an erasure that goes on was counted when it began
        return progress
    match owed:
        case OwedErasure(erase=erase) if not erase.guest:  # a busy shop erases hundreds of guests an hour
            attempt.worker.performers.count("erasures")
        case OwedExport():
            attempt.worker.performers.count("exports")
        case _:
            return progress
    return progress.model_copy(update={"counted": True})


def _at_once(attempt: Attempt, owed: OwedReminder | OwedPublish | OwedExport | OwedObservation) -> str:
    does = attempt.worker.performers
    match owed:
        case OwedReminder(remind=remind):
            return does.set_reminder(remind)
        case OwedPublish():
            return _publish(attempt, owed)
        case OwedExport(export=export):
            return does.export(export, attempt.leased.committed_ms, attempt.deadline)
        case OwedObservation(observe=observe):
            return "erased" if _erased(attempt, observe.account, observe.owner) else does.observe(observe)


def _mail(attempt: Attempt, owed: OwedMail) -> Done | None:
    """Send a mail, unless it has expired or no longer applies; returns None if it still waits for another entry."""
    worker = attempt.worker
    mail = _committed_mail(worker.store, owed)
    if mail is None:
        return Done("erased")
    if mail.to is None and mail.audience == "customer":
        return Done("no address")
    if mail.expires <= worker.store.clock():
        return Done("too late")
    if attempt.waits_for(owed):
        return None
    reason = "overtaken" if attempt.answered(owed) else why_not(mail, BooksReadOnce(worker.books))
    return Done(reason or worker.performers.send_mail(_with_link(attempt, mail)))


def _with_link(attempt: Attempt, mail: Email) -> Email:
    """A farewell with the link to its export. The link gives access, so it is made here and stored nowhere."""
    if "export" not in mail.data:
        return mail
    link_of, committed_ms = attempt.worker.performers.link, attempt.leased.committed_ms
    shown = link_of(mail.partition, committed_ms) if mail.data["export"] else NO_LINK
    return mail.model_copy(update={"data": {**mail.data, **shown}})


def _committed_mail(store: Store, owed: OwedMail) -> Email | None:
    key = to_item({"pk": owed.partition, "sk": keys.mail(owed.key)})
    found = store.client.get_item(TableName=store.books, Key=key, ConsistentRead=True).get("Item")
    return Email.model_validate_json(from_item(found)["mail"]) if found else None


def _publish(attempt: Attempt, owed: OwedPublish) -> str:
    """Publish the announcements, except those about a customer or account that was erased since the commit.

    An erasure's own announcement waits for the erasure and is always published: versions before 0.2 wrote the
    tombstone late.
    """
    about = {(one.account, one.customer) for one in owed.announcements}
    erased = {one for one in about if owed.after is None and _erased(attempt, *one)}
    left = [one for one in owed.announcements if (one.account, one.customer) not in erased]
    return attempt.worker.performers.publish(left) if left else "erased"


def _erased(attempt: Attempt, account: str, customer: str | None) -> bool:
    return erased_since(attempt.worker.store, account, customer, attempt.leased.committed_ms)
