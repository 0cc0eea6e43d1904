"""Perform: the fourth stage. The one place where anything happens outside the tables, entry by entry of the outbox."""

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future, wait
from dataclasses import dataclass
from functools import partial

from functions.consumer.claim import Claimed
from functions.consumer.commit import FencedError
from functions.consumer.outbox import Owed, OwedErasure, OwedExport, OwedMail, OwedPublish, OwedReminder, dump
from functions.consumer.store import Store, from_item, to_item
from shared import keys
from shared.effects import Email, Erase, Export, Publish, Remind

REFUSED = "refused"
"""How the outcome of a mail begins that the mail service will never accept."""

PROMPT = 1.0
"""Seconds after which a mail that was sent is marked, though what was begun beside it still waits for its service."""

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
type Begin = Callable[[Callable[[], str]], "Future[str]"]
"""Has something performed beside the rest, in a thread of its own."""


def inline(call: Callable[[], str]) -> "Future[str]":
    """Do it here and now; what it raises is in the future, as if a thread had done it."""
    future: Future[str] = Future()
    try:
        future.set_result(call())
    except Exception as error:  # noqa: BLE001 - whoever asks the future hears of it
        future.set_exception(error)
    return future


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
    begin: Begin = inline


def perform(
    store: Store, performers: Performers, claimed: Claimed, outbox: tuple[Owed, ...], mails: Mapping[str, Email]
) -> None:
    """Perform what `outbox` still owes, then mark the event done. `mails` are those just committed, by key.

    What is performed is marked with the last write, or before a failure beside it is told. A mail, which cannot be
    repeated safely, also before the next mail begins, and if what is performed beside it takes long: if SES's answer
    is lost, or a crash comes before that mark, a mail is sent twice.

    Raises:
        FencedError: somebody took the event over.
        Retryable, botocore.exceptions.ClientError, BotoCoreError: a service failed; what was performed stays performed.
    """
    turns, written = turns_of(outbox), outbox
    for number, turn in enumerate(turns, start=1):
        begun = _begin(store, performers, outbox, turn, mails)
        waiting = set(begun.values())
        while waiting:
            _, waiting = wait(waiting, timeout=PROMPT)
            outbox = tuple(_with_outcome(owed, begun.get(index)) for index, owed in enumerate(outbox))
            failed = next((one for one in begun.values() if one.done() and one.exception()), None)
            performed = [owed for owed, before in zip(outbox, written, strict=True) if owed != before]
            sent = any(isinstance(owed, OwedMail) for owed in performed)
            if (failed and performed) or (sent and (waiting or number < len(turns))):
                _mark(store, claimed, outbox, done=False)
                written = outbox
        if failed:
            failed.result()
    _mark(store, claimed, outbox, done=True)


def _begin(
    store: Store, performers: Performers, outbox: tuple[Owed, ...], turn: list[int], mails: Mapping[str, Email]
) -> "dict[int, Future[str]]":
    """All of a turn, under way; the last needs no thread, since ours would only wait for it."""
    calls = {index: partial(_perform_one, store, performers, outbox[index], mails) for index in turn}
    return {index: (inline if index == turn[-1] else performers.begin)(call) for index, call in calls.items()}


def turns_of(outbox: tuple[Owed, ...]) -> list[list[int]]:
    """What is begun together, by its place in `outbox`: each waits for a service of its own.

    An export and an erasure come before what tells of them, and of several mails each after the other's mark.
    """
    owing = [(index, owed) for index, owed in enumerate(outbox) if owed.outcome is None]
    told_of = [index for index, owed in owing if isinstance(owed, OwedExport | OwedErasure)]
    mails = [index for index, owed in owing if isinstance(owed, OwedMail)]
    others = [index for index, _ in owing if index not in {*told_of, *mails}]
    return [turn for turn in (told_of, others + mails[:1], *([mail] for mail in mails[1:])) if turn]


def _with_outcome(owed: Owed, performed: "Future[str] | None") -> Owed:
    if performed is None or not performed.done() or performed.exception():
        return owed
    if isinstance(owed, OwedPublish):
        return OwedPublish(outcome=performed.result())  # once it is told, only that is kept
    return owed.model_copy(update={"outcome": performed.result()})


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
