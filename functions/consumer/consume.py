"""The way of one message: verify, claim, decide, commit, hand over; and what to tell SQS when one of them fails."""

from dataclasses import dataclass, field, replace

from botocore.exceptions import BotoCoreError, ClientError

from functions.consumer.commit.claim import (
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
from functions.consumer.commit.commit import FencedError
from functions.consumer.commit.decide_and_commit import decide_and_commit
from functions.consumer.commit.failures import record_failure, record_retry
from functions.consumer.dependencies import Consumer
from functions.consumer.message import Message
from functions.consumer.retry import Retry, retry_after
from shared.effects.announcement import Announcement
from shared.failures.backoff import BUG, FAULTY_FOR, before_uncounted, while_faulty
from shared.failures.errors import Misconfigured
from shared.failures.kinds import Failure, failure_of
from shared.inbox.lanes import Lane
from shared.inbox.leases import AwaitingDeadLetter, LeasedElsewhere
from shared.inbox.outbox import lanes_of
from shared.messages.binding import UNVOUCHED
from shared.records.books import Books


@dataclass
class AttemptStats:
    """What an attempt has brought about, for the metrics; filled on the way, since it may fail after its commit."""

    started_ms: int | None = None
    announced: tuple[Announcement, ...] = ()
    committed: bool = False


@dataclass(frozen=True)
class Outcome:
    """What becomes of a message: `state` for the log; visible again after `wait` seconds, or gone if that is None."""

    state: str
    wait: int | None = None
    failure: Failure | None = None
    attempt: int = 0
    reason: str | None = None
    """Why the event is ignored, or the message not trusted."""
    stats: AttemptStats = field(default_factory=AttemptStats, compare=False)


def consume(consumer: Consumer, message: Message) -> Outcome:
    """Take one message through the stages; whatever fails, the verdict says what to do with the message."""
    try:
        if distrust := consumer.verifier.distrust(message):
            return Outcome(distrust.state, distrust.wait, reason=distrust.reason)
        claimed, books = _claim(consumer, message)
    except (ClientError, BotoCoreError, Misconfigured) as error:
        return _unclaimed(consumer, message, error)
    match claimed:
        case New() | Claimed():
            stats = AttemptStats(claimed.started_ms)
            return replace(_attempt(consumer, claimed, books, message, stats), stats=stats)
        case _:
            return _not_ours(consumer, message, claimed)


def _claim(consumer: Consumer, message: Message) -> tuple[New | Claim, Books]:
    """The claim, and the books to decide on; the commit claims a new event."""
    ignore = consumer.ignore(message)
    if message.first and message.readable and not ignore:
        try:
            known, books = consumer.prefetch(message)
        except ClientError as error:
            if failure_of(error).kind != "bug":
                raise
            known, books = None, consumer.books  # what was foreseen of it cannot be read; attempts are counted
        claimed = claim_by_commit(consumer.store, message, known)
        if claimed is not None:
            return claimed, books
    if ignore in UNVOUCHED.values():  # the event of this id may be another one: Stripe sends that to its own endpoint
        message = replace(message, event_id=f"{message.event_id}@{message.endpoint}")
    return claim(consumer.store, message, ignore), consumer.books


def _unclaimed(consumer: Consumer, message: Message, error: ClientError | BotoCoreError | Misconfigured) -> Outcome:
    """The inbox could not be written, so it cannot tell since when: a fault's hour begins with the first receive."""
    return _uncounted(consumer, _waited(consumer, message), Outcome("unclaimed", failure=failure_of(error)))


def _uncounted(consumer: Consumer, waited: float, verdict: Outcome) -> Outcome:
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


def _not_ours(consumer: Consumer, message: Message, claimed: NotOurs) -> Outcome:
    match claimed:
        case Committed(lanes, committed_ms):
            return _hand_over(consumer, message, lanes, committed_ms, Outcome("handed over"))
        case Duplicate("ignored", reason):
            return Outcome("ignored", reason=reason)
        case Duplicate():
            return Outcome("duplicate")
        case LeasedElsewhere(seconds):
            return Outcome("leased elsewhere", seconds + 1)
        case AwaitingDeadLetter():
            return Outcome("awaiting dead letter", 0)
        case Exhausted(claim=ours):
            return _fail(consumer, ours, message, Failure("Crashed", "no_answer", "", "bug"))


def _attempt(consumer: Consumer, ours: Ours, books: Books, message: Message, stats: AttemptStats) -> Outcome:
    """Decide and commit; then tell the effects worker of what is owed."""
    try:
        outbox, decision = decide_and_commit(consumer, ours, books, message.body)
    except FencedError:
        return Outcome("fenced", consumer.store.lease, attempt=ours.attempt)
    except Exception as error:  # noqa: BLE001 - whatever it is, it is recorded, and tried again or dead-lettered
        return _failed(consumer, ours, message, error)
    stats.committed = True
    stats.announced = tuple(effect for effect in decision.then if isinstance(effect, Announcement))
    state = "committed" if outbox else "done"
    # One message, even if both lanes are owed: the worker of the effects hands the mails on.
    verdict = Outcome(state, attempt=ours.attempt)
    return _hand_over(consumer, message, lanes_of(outbox)[:1], int(consumer.store.clock() * 1000), verdict)


def _hand_over(
    consumer: Consumer, message: Message, lanes: tuple[Lane, ...], committed_ms: int, verdict: Outcome
) -> Outcome:
    """Tell the worker; if SQS refuses, the message comes again and is handed over by reading alone.

    Nothing is written after the commit, so how long SQS has refused goes by the commit, or by the first receive since.
    """
    try:
        consumer.handover.send(message.event_id, message.account, lanes)
    except (ClientError, BotoCoreError) as error:
        waited = min(_waited(consumer, message), consumer.store.clock() - committed_ms / 1000)
        return _uncounted(consumer, waited, replace(verdict, state="not handed over", failure=failure_of(error)))
    return verdict


def _failed(consumer: Consumer, ours: Ours, message: Message, error: Exception) -> Outcome:
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


def _retry(consumer: Consumer, claimed: Claimed, failure: Failure, retry: Retry) -> Outcome:
    wait = retry.wait
    try:
        record_retry(consumer.store, claimed, failure, retry)
    except (ClientError, BotoCoreError):
        wait = max(wait, consumer.store.lease)  # the lease stands, so nobody can take the event over sooner
    return Outcome("retry", wait, failure, claimed.attempt)


def _fail(consumer: Consumer, claimed: Claimed, message: Message, failure: Failure) -> Outcome:
    try:
        record_failure(consumer.store, consumer.books, claimed, failure, message.body)
    except (ClientError, BotoCoreError):
        return Outcome("unrecorded", consumer.store.lease, failure, claimed.attempt)
    return Outcome("failed", 0, failure, claimed.attempt)
