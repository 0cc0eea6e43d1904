"""The way of one message: claim, decide, commit, perform; and what to tell SQS when one of them fails."""

import random
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from botocore.exceptions import BotoCoreError, ClientError
from pydantic import ValidationError

from functions.consumer.backoff import Jitter, before_claim, before_retry
from functions.consumer.claim import ATTEMPTS, Burnt, Claimed, Duplicate, Exhausted, Held, claim
from functions.consumer.commit import BusyError, FencedError, MailTakenError, StaleRecordError, commit
from functions.consumer.failure import Failure, failure_of, record_failure, record_retry
from functions.consumer.message import Message
from functions.consumer.outbox import load
from functions.consumer.perform import REFUSED, Performers, perform
from functions.consumer.store import Store
from shared.books import Books
from shared.decision import Decision
from shared.effects import Email, Publish
from shared.errors import Contended, Permanent
from shared.event import Event, read_event

TRIES = 3
"""How often a cancelled commit is tried again in process, without counting an attempt."""


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
    tally: Tally = field(default_factory=Tally, compare=False)


@dataclass(frozen=True)
class Consumer:
    """What the four stages need, as the composition root hands it on."""

    store: Store
    books: Books
    performers: Performers
    decide: Callable[[Event, Books], Decision]
    ignore: Callable[[Message], str | None]
    jitter: Jitter = random.uniform


def consume(consumer: Consumer, message: Message) -> Verdict:
    """Take one message through the four stages; whatever fails, the verdict says what to do with the message."""
    try:
        claimed = claim(consumer.store, message, consumer.ignore(message))
    except (ClientError, BotoCoreError) as error:
        waited = consumer.store.clock() - message.first_received_ms / 1000
        return Verdict("unclaimed", before_claim(waited, consumer.jitter), failure_of(error))
    match claimed:
        case Duplicate(state):
            return Verdict("ignored" if state == "ignored" else "duplicate")
        case Held(seconds):
            return Verdict("held", seconds + 1)
        case Burnt():
            return Verdict("burnt", 0)
        case Exhausted(claim=ours):
            return _fail(consumer, ours, message, Failure("Crashed", "no_answer", "", ()))
        case Claimed():
            tally = Tally(claimed.started_ms)
            return replace(_attempt(consumer, claimed, message, tally), tally=tally)


def _attempt(consumer: Consumer, claimed: Claimed, message: Message, tally: Tally) -> Verdict:
    store = consumer.store
    try:
        _advance(consumer, claimed, message, tally)
    except FencedError:
        return Verdict("fenced", store.lease, attempt=claimed.attempt)
    except Contended as error:
        return _retry(consumer, claimed, failure_of(error), counted=False)
    except Exception as error:  # noqa: BLE001 - whatever it is, it is recorded, and tried again or dead-lettered
        failure = failure_of(error)
        if isinstance(error, Permanent) or claimed.attempt >= ATTEMPTS:
            return _fail(consumer, claimed, message, failure)
        return _retry(consumer, claimed, failure, counted=True)
    return Verdict("done", attempt=claimed.attempt)


def _advance(consumer: Consumer, claimed: Claimed, message: Message, tally: Tally) -> None:
    """Decide and commit, unless an earlier attempt has; then perform what is owed."""
    performers = tally.watching(consumer.performers)
    if claimed.outbox is not None:
        perform(consumer.store, performers, claimed, load(claimed.outbox), {})
        return
    event = read_event(message.body)
    stale, busy, taken = 0, 0, frozenset[str]()
    while True:
        decision = _without(taken, consumer.decide(event, consumer.books))
        try:
            outbox = commit(consumer.store, claimed, event, message.body, decision)
            break
        except MailTakenError as error:
            taken |= error.keys
        except StaleRecordError as error:
            stale += 1
            if stale > TRIES:
                raise Contended("stale_record") from error
        except BusyError as error:
            busy += 1
            if busy > TRIES:
                raise Contended("transaction_conflict") from error
    tally.announced = tuple(effect for effect in decision.then if isinstance(effect, Publish))
    if outbox:
        mails = {effect.key: effect for effect in decision.then if isinstance(effect, Email)}
        perform(consumer.store, performers, claimed, outbox, mails)


def _without(taken: frozenset[str], decision: Decision) -> Decision:
    then = tuple(effect for effect in decision.then if not (isinstance(effect, Email) and effect.key in taken))
    return decision.model_copy(update={"then": then})


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
    except ValidationError:
        return None  # likewise: whether it was erased, nobody can tell
    return event if owner.erased_at is None or event.created > owner.erased_at else None
