"""Perform: the fourth stage. The one place where anything happens outside the tables, entry by entry of the outbox."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from functions.consumer.claim import Claimed
from functions.consumer.commit import FencedError
from functions.consumer.outbox import Owed, OwedErasure, OwedExport, OwedMail, OwedPublish, OwedReminder, dump
from functions.consumer.store import Store, from_item, to_item
from shared import keys
from shared.effects import Email, Erase, Export, Publish, Remind

REFUSED = "refused"
"""How the outcome of a mail begins that the mail service will never accept."""

type SendMail = Callable[[Email], str]
"""Hands a mail to the mail service and says what became of it."""
type SetReminder = Callable[[Remind], str]
"""Creates a schedule; one of that name is this one already."""

type Announce = Callable[[Sequence[Publish]], str]
"""Puts announcements on the event bus."""

type DoExport = Callable[[Export], str]
"""Writes the file."""
type DoErase = Callable[[Erase], str]
"""Erases, and leaves a tombstone."""


@dataclass(frozen=True)
class Performers:
    """What can be performed; each returns an outcome in a word or two for the inbox."""

    send_mail: SendMail
    set_reminder: SetReminder
    publish: Announce
    export: DoExport
    erase: DoErase
    overtaken: Callable[[Email], bool] = lambda _mail: False
    """Whether a mail that an earlier attempt committed no longer says what the books say."""


def perform(
    store: Store, performers: Performers, claimed: Claimed, outbox: tuple[Owed, ...], mails: Mapping[str, Email]
) -> None:
    """Perform what `outbox` still owes, then mark the event done. `mails` are those just committed, by key.

    A reminder can be repeated safely, so its mark waits for the last write. A mail cannot, so it is marked before the
    next effect starts: if SES's answer is lost, or a crash comes before that mark, a mail is sent twice.

    Raises:
        FencedError: somebody took the event over.
        Retryable, botocore.exceptions.ClientError, BotoCoreError: a service failed; what was performed stays performed.
    """
    for index, owed in enumerate(outbox):
        if owed.outcome is not None:
            continue
        outcome = _perform_one(store, performers, owed, mails)
        done = (
            OwedPublish(outcome=outcome)
            if isinstance(owed, OwedPublish)
            else owed.model_copy(update={"outcome": outcome})
        )
        outbox = (*outbox[:index], done, *outbox[index + 1 :])
        if isinstance(owed, OwedMail) and index + 1 < len(outbox):
            _mark(store, claimed, outbox, done=False)
    _mark(store, claimed, outbox, done=True)


def _perform_one(store: Store, performers: Performers, owed: Owed, mails: Mapping[str, Email]) -> str:
    match owed:
        case OwedReminder(remind=remind):
            return performers.set_reminder(remind)
        case OwedPublish(announcements=announcements):
            return performers.publish(announcements)
        case OwedExport(export=export):
            return performers.export(export)
        case OwedErasure(erase=erase):
            return performers.erase(erase)
        case OwedMail():
            return _send(store, performers, owed, mails)


def _send(store: Store, performers: Performers, owed: OwedMail, mails: Mapping[str, Email]) -> str:
    mail = mails.get(owed.key) or _committed_mail(store, owed)
    if mail is None:
        return "erased"
    if mail.to is None and mail.audience == "customer":
        return "no address"
    if mail.expires <= store.clock():
        return "too late"
    # Hours may lie between, or a dead-letter queue: what was paid meanwhile must not be asked for.
    if owed.key not in mails and performers.overtaken(mail):
        return "overtaken"
    return performers.send_mail(mail)


def _committed_mail(store: Store, owed: OwedMail) -> Email | None:
    key = to_item({"pk": owed.partition, "sk": keys.mail(owed.key)})
    found = store.client.get_item(TableName=store.books, Key=key, ConsistentRead=True).get("Item")
    return Email.model_validate_json(from_item(found)["mail"]) if found else None


def _mark(store: Store, claimed: Claimed, outbox: tuple[Owed, ...], *, done: bool) -> None:
    """Write the outcomes, under our token only: a consumer that wakes up late must not write."""
    finish = ", #state = :done, done_ms = :now REMOVE #error, next_at" if done else ""
    names = {"#token": "token", "#state": "state", "#error": "error"} if done else {"#token": "token"}
    values: dict[str, str | int] = {":outbox": dump(outbox), ":token": claimed.token}
    if done:
        values |= {":done": "done", ":now": int(store.clock() * 1000)}
    try:
        store.client.update_item(
            TableName=store.inbox,
            Key=to_item({"id": claimed.event_id}),
            UpdateExpression="SET outbox = :outbox" + finish,
            ConditionExpression="#token = :token",
            ExpressionAttributeNames=names,
            ExpressionAttributeValues=to_item(values),
        )
    except store.client.exceptions.ConditionalCheckFailedException as refused:
        raise FencedError from refused
