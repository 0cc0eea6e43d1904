"""The way of one message: claim, decide, commit, hand over; and what to tell SQS when one of them fails."""

from dataclasses import dataclass, field, replace

from botocore.exceptions import BotoCoreError, ClientError

from functions.consumer.claim import (
    Claim,
    Claimed,
    Committed,
    Duplicate,
    Exhausted,
    New,
    NotOurs,
    Ours,
    claim,
    claim_by_commit,
)
from functions.consumer.commit import FencedError
from functions.consumer.consumer import Consumer
from functions.consumer.failure import record_failure, record_retry
from functions.consumer.message import Message
from functions.consumer.retry import Retry, retry_after
from functions.consumer.settle import settle
from shared.backoff import BUG, FAULTY_FOR, before_uncounted, while_faulty
from shared.books import Books
from shared.effects import Publish
from shared.failure import Failure, failure_of
from shared.inbox.lanes import Lane
from shared.inbox.leases import AwaitingDeadLetter, LeasedElsewhere
from shared.inbox.outbox import lanes_of


@dataclass
class Tally:
    """What an attempt has brought about, for the metrics; filled on the way, since it may fail after its commit."""

    started_ms: int | None = None
    announced: tuple[Publish, ...] = ()
    committed: bool = False


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
    """Take one message through the stages; whatever fails, the verdict says what to do with the message."""
    try:
        claimed, books = _claim(consumer, message)
    except (ClientError, BotoCoreError) as error:
        return _unclaimed(consumer, message, error)
    match claimed:
        case New() | Claimed():
            tally = Tally(claimed.started_ms)
            return replace(_attempt(consumer, claimed, books, message, tally), tally=tally)
        case _:
            return _not_ours(consumer, message, claimed)


def _claim(consumer: Consumer, message: Message) -> tuple[New | Claim, Books]:
    """The claim, and the books to decide on; the commit claims a new event."""
    ignore = consumer.ignore(message)
    if message.first and message.readable and not ignore:
        try:
            known, books = consumer.look(message)
        except ClientError as error:
            if failure_of(error).kind != "bug":
                raise
            known, books = None, consumer.books  # what was foreseen of it cannot be read; attempts are counted
        claimed = claim_by_commit(consumer.store, message, known)
        if claimed is not None:
            return claimed, books
    return claim(consumer.store, message, ignore), consumer.books


def _unclaimed(consumer: Consumer, message: Message, error: ClientError | BotoCoreError) -> Verdict:
    """The inbox could not be written, so it cannot tell since when: a fault's hour begins with the first receive."""
    return _uncounted(consumer, _waited(consumer, message), Verdict("unclaimed", failure=failure_of(error)))


def _uncounted(consumer: Consumer, waited: float, verdict: Verdict) -> Verdict:
    """`verdict` with its wait; the inbox counts no attempt, so SQS dead-letters what `waited` seconds did not cure."""
    wait = before_uncounted(waited, consumer.jitter)
    match verdict.failure:
        case Failure(kind="deployment"):
            wait = while_faulty(consumer.jitter) if waited < FAULTY_FOR else 0
        case Failure(kind="bug") if waited >= sum(BUG):
            wait = 0
    return replace(verdict, wait=wait)


def _waited(consumer: Consumer, message: Message) -> float:
    """Seconds since SQS first handed the message out."""
    return consumer.store.clock() - message.first_received_ms / 1000


def _not_ours(consumer: Consumer, message: Message, claimed: NotOurs) -> Verdict:
    match claimed:
        case Committed(lanes, committed_ms):
            return _hand_over(consumer, message, lanes, committed_ms, Verdict("handed over"))
        case Duplicate("ignored", reason):
            return Verdict("ignored", reason=reason)
        case Duplicate():
            return Verdict("duplicate")
        case LeasedElsewhere(seconds):
            return Verdict("leased elsewhere", seconds + 1)
        case AwaitingDeadLetter():
            return Verdict("awaiting dead letter", 0)
        case Exhausted(claim=ours):
            return _fail(consumer, ours, message, Failure("Crashed", "no_answer", "", "bug"))


def _attempt(consumer: Consumer, ours: Ours, books: Books, message: Message, tally: Tally) -> Verdict:
    """Decide and commit; then tell the effects worker of what is owed."""
    try:
        outbox, decision = settle(consumer, ours, books, message.body)
    except FencedError:
        return Verdict("fenced", consumer.store.lease, attempt=ours.attempt)
    except Exception as error:  # noqa: BLE001 - whatever it is, it is recorded, and tried again or dead-lettered
        return _failed(consumer, ours, message, error)
    tally.committed = True
    tally.announced = tuple(effect for effect in decision.then if isinstance(effect, Publish))
    state = "committed" if outbox else "done"
    # One message, even if both lanes are owed: the worker of the effects hands the mails on.
    verdict = Verdict(state, attempt=ours.attempt)
    return _hand_over(consumer, message, lanes_of(outbox)[:1], int(consumer.store.clock() * 1000), verdict)


def _hand_over(
    consumer: Consumer, message: Message, lanes: tuple[Lane, ...], committed_ms: int, verdict: Verdict
) -> Verdict:
    """Tell the worker; if SQS refuses, the message comes again and is handed over by reading alone.

    Nothing is written after the commit, so how long SQS has refused goes by the commit, or by the first receive since.
    """
    try:
        consumer.handover.send(message.event_id, message.account, lanes)
    except (ClientError, BotoCoreError) as error:
        waited = min(_waited(consumer, message), consumer.store.clock() - committed_ms / 1000)
        return _uncounted(consumer, waited, replace(verdict, state="not handed over", failure=failure_of(error)))
    return verdict


def _failed(consumer: Consumer, ours: Ours, message: Message, error: Exception) -> Verdict:
    """Record why the attempt failed, and whether another one follows."""
    failure = failure_of(error)
    match ours:
        case Claimed():
            claimed = ours
        case New(token=token):  # the item may not be in the inbox: only the commit was to insert it
            try:
                found = claim(consumer.store, message, None, token)
            except (ClientError, BotoCoreError) as unheard:
                return _unclaimed(consumer, message, unheard)
            if not isinstance(found, Claimed):
                return _not_ours(consumer, message, found)
            claimed = found
    retry = retry_after(claimed, failure, _waited(consumer, message), consumer.store.now(), consumer.jitter)
    return _retry(consumer, claimed, failure, retry) if retry else _fail(consumer, claimed, message, failure)


def _retry(consumer: Consumer, claimed: Claimed, failure: Failure, retry: Retry) -> Verdict:
    wait = retry.wait
    try:
        record_retry(consumer.store, claimed, failure, retry)
    except (ClientError, BotoCoreError):
        wait = max(wait, consumer.store.lease)  # the lease stands, so nobody can take the event over sooner
    return Verdict("retry", wait, failure, claimed.attempt)


def _fail(consumer: Consumer, claimed: Claimed, message: Message, failure: Failure) -> Verdict:
    try:
        record_failure(consumer.store, consumer.books, claimed, failure, message.body)
    except (ClientError, BotoCoreError):
        return Verdict("unrecorded", consumer.store.lease, failure, claimed.attempt)
    return Verdict("failed", 0, failure, claimed.attempt)
