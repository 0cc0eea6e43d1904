"""The way of one message: claim, decide, commit, perform; and what to tell SQS when one of them fails."""

import zlib
from dataclasses import dataclass, field, replace

from botocore.exceptions import BotoCoreError, ClientError

from functions.consumer.backoff import before_claim, before_retry
from functions.consumer.claim import (
    ATTEMPTS,
    Burnt,
    Claim,
    Claimed,
    Duplicate,
    Exhausted,
    Held,
    claim,
    claim_by_commit,
)
from functions.consumer.commit import FencedError
from functions.consumer.consumer import Consumer
from functions.consumer.failure import Failure, failure_of, record_failure, record_retry
from functions.consumer.message import Message
from functions.consumer.outbox import load
from functions.consumer.perform import REFUSED, Performers, perform
from functions.consumer.settle import settle
from shared.books import Books
from shared.effects import Email, Publish
from shared.errors import Contended, Permanent
from shared.event import Event, read_event


@dataclass
class Tally:
    """What an attempt has brought about, for the metrics; filled on the way, since it may fail after its commit."""

    started_ms: int | None = None
    announced: tuple[Publish, ...] = ()
    mails_refused: int = 0

    def watching(self, performers: Performers) -> Performers:
        """`performers`, with the mails counted that will never be accepted."""

        def send_mail(mail: Email) -> str:
            outcome = performers.send_mail(mail)
            self.mails_refused += outcome.startswith(REFUSED)
            return outcome

        return replace(performers, send_mail=send_mail)


@dataclass(frozen=True)
class Verdict:
    """What becomes of a message: `state` for the log; visible again after `wait` seconds, or gone if that is None."""

    state: str
    wait: int | None = None
    failure: Failure | None = None
    attempt: int = 0
    reason: str | None = None
    """Why the event is ignored."""
    tally: Tally = field(default_factory=Tally, compare=False)


def consume(consumer: Consumer, message: Message) -> Verdict:
    """Take one message through the four stages; whatever fails, the verdict says what to do with the message."""
    try:
        claimed, books = _claim(consumer, message)
    except (ClientError, BotoCoreError) as error:
        return _unclaimed(consumer, message, failure_of(error))
    if not isinstance(claimed, Claimed):
        return _not_ours(consumer, message, claimed)
    tally = Tally(claimed.started_ms)
    return replace(_attempt(consumer, claimed, books, message, tally), tally=tally)


def _claim(consumer: Consumer, message: Message) -> tuple[Claim, Books]:
    """The claim, and the books to decide on; an event that is new is left to its commit to claim."""
    ignore = consumer.ignore(message)
    if message.first and message.readable and not ignore:
        known, books = consumer.look(message)
        claimed = claim_by_commit(consumer.store, message, known)
        if claimed is not None:
            return claimed, books
    return claim(consumer.store, message, ignore), consumer.books


def _unclaimed(consumer: Consumer, message: Message, failure: Failure) -> Verdict:
    waited = consumer.store.clock() - message.first_received_ms / 1000
    return Verdict("unclaimed", before_claim(waited, consumer.jitter), failure)


def _not_ours(consumer: Consumer, message: Message, claimed: Duplicate | Held | Exhausted | Burnt) -> Verdict:
    match claimed:
        case Duplicate("ignored", reason):
            return Verdict("ignored", reason=reason)
        case Duplicate():
            return Verdict("duplicate")
        case Held(seconds):
            return Verdict("held", seconds + 1)
        case Burnt():
            return Verdict("burnt", 0)
        case Exhausted(claim=ours):
            return _fail(consumer, ours, message, Failure("Crashed", "no_answer", "", ()))


def _attempt(consumer: Consumer, claimed: Claimed, books: Books, message: Message, tally: Tally) -> Verdict:
    try:
        _advance(consumer, claimed, books, message, tally)
    except FencedError:
        return Verdict("fenced", consumer.store.lease, attempt=claimed.attempt)
    except Exception as error:  # noqa: BLE001 - whatever it is, it is recorded, and tried again or dead-lettered
        return _failed(consumer, claimed, message, error)
    return Verdict("done", attempt=claimed.attempt)


def _advance(consumer: Consumer, claimed: Claimed, books: Books, message: Message, tally: Tally) -> None:
    """Decide and commit, unless an earlier attempt has; then perform what is owed."""
    performers = tally.watching(consumer.performers)
    if claimed.outbox is not None:
        perform(consumer.store, performers, claimed, load(claimed.outbox), {})
        return
    outbox, decision = settle(consumer, claimed, books, message.body)
    tally.announced = tuple(effect for effect in decision.then if isinstance(effect, Publish))
    if outbox:
        mails = {effect.key: effect for effect in decision.then if isinstance(effect, Email)}
        perform(consumer.store, performers, claimed, outbox, mails)


def _failed(consumer: Consumer, claimed: Claimed, message: Message, error: Exception) -> Verdict:
    """Record why the attempt failed, and whether another one follows."""
    failure = failure_of(error)
    if claimed.item is not None:  # it may not be in the inbox yet: only its commit was to put it there
        try:
            found = claim(consumer.store, message, None, claimed.token)
        except (ClientError, BotoCoreError) as unheard:
            return _unclaimed(consumer, message, failure_of(unheard))
        if not isinstance(found, Claimed):
            return _not_ours(consumer, message, found)
        claimed = found
    if isinstance(error, Contended):
        return _retry(consumer, claimed, failure, counted=False)
    if isinstance(error, Permanent) or claimed.attempt >= ATTEMPTS:
        return _fail(consumer, claimed, message, failure)
    return _retry(consumer, claimed, failure, counted=True)


def _retry(consumer: Consumer, claimed: Claimed, failure: Failure, *, counted: bool) -> Verdict:
    wait = before_retry(failure.longest, claimed.attempt if counted else 1, consumer.jitter)
    try:
        record_retry(consumer.store, claimed, failure, wait, counted=counted)
    except (ClientError, BotoCoreError):
        wait = max(wait, consumer.store.lease)  # the lease stands, so nobody could take the event over sooner
    return Verdict("retry", wait, failure, claimed.attempt)


def _fail(consumer: Consumer, claimed: Claimed, message: Message, failure: Failure) -> Verdict:
    try:
        record_failure(consumer.store, claimed, failure, _to_archive(consumer, message), message.body)
    except (ClientError, BotoCoreError):
        return Verdict("unrecorded", consumer.store.lease, failure, claimed.attempt)
    return Verdict("failed", 0, failure, claimed.attempt)


def _to_archive(consumer: Consumer, message: Message) -> Event | None:
    """The event, if its payload is to be kept: not if it is no event, nor if its customer was erased since."""
    try:
        event = read_event(message.body)
    except Permanent:
        return None  # the body stays in the dead-letter queue
    try:
        owner = consumer.books.organization(event.account, event.subject)
    except (ValueError, zlib.error):  # its record is damaged, or no record
        return None  # likewise: whether it was erased, nobody can tell
    return event if owner.erased_at is None or event.created > owner.erased_at else None
