"""Consume one message: verify, claim, decide, commit, hand over; and tell SQS what follows if a step fails."""

from dataclasses import dataclass, field, replace

from botocore.exceptions import BotoCoreError, ClientError

from functions.consumer.commit.claim import claim_by_commit, claim_message
from functions.consumer.commit.claims import (
    Claim,
    Claimed,
    ClaimResult,
    Committed,
    Duplicate,
    Exhausted,
    New,
    NotClaimed,
)
from functions.consumer.commit.commit import FencedError
from functions.consumer.commit.decide_and_commit import decide_and_commit
from functions.consumer.commit.failures import record_failure, record_retry
from functions.consumer.dependencies import Dependencies
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
    """The attempt's results, for the metrics; filled on the way, since the hand-over may fail after the commit."""

    started_ms: int | None = None
    announced: tuple[Announcement, ...] = ()
    committed: bool = False


@dataclass(frozen=True)
class Outcome:
    """The end of an attempt. `state` is for the log.

    `wait` is the seconds until SQS hands the message out again; None if the message is finished.
    """

    state: str
    wait: int | None = None
    failure: Failure | None = None
    attempt: int = 0
    reason: str | None = None
    """Why the consumer ignores the event, or does not trust the message."""
    stats: AttemptStats = field(default_factory=AttemptStats, compare=False)


def consume(deps: Dependencies, message: Message) -> Outcome:
    """Take one message through the stages. It raises nothing: the outcome tells of every failure."""
    try:
        if distrust := deps.verifier.distrust(message):
            return Outcome(distrust.state, distrust.wait, reason=distrust.reason)
        claimed, books = _claim(deps, message)
    except (ClientError, BotoCoreError, Misconfigured) as error:
        return _unclaimed(deps, message, error)
    if not isinstance(claimed, New | Claimed):
        return _not_claimed(deps, message, claimed)
    stats = AttemptStats(claimed.started_ms)
    try:
        outbox, decision = decide_and_commit(deps, claimed, books, message.body)
    except FencedError:
        outcome = Outcome("fenced", deps.store.lease, attempt=claimed.attempt)
    except Exception as error:  # noqa: BLE001 - the inbox records any failure, and a retry or the dead letter follows
        outcome = _failed(deps, claimed, message, error)
    else:
        stats.committed = True
        stats.announced = tuple(effect for effect in decision.then if isinstance(effect, Announcement))
        outcome = Outcome("committed" if outbox else "done", attempt=claimed.attempt)
        # One message, even if both lanes owe something: the effects worker hands the mails on.
        outcome = _hand_over(deps, message, lanes_of(outbox)[:1], int(deps.store.clock() * 1000), outcome)
    return replace(outcome, stats=stats)


def _claim(deps: Dependencies, message: Message) -> tuple[New | ClaimResult, Books]:
    """The claim, and the books to decide on; a new event is claimed by its commit."""
    ignore = deps.ignore(message)
    if message.first and message.readable and not ignore:
        try:
            known, books = deps.prefetch(message)
        except ClientError as error:
            if failure_of(error).kind != "bug":
                raise
            known, books = None, deps.books  # DynamoDB refuses a predicted key; a claim counts the attempts
        claimed = claim_by_commit(deps.store, message, known)
        if claimed is not None:
            return claimed, books
    if ignore in UNVOUCHED.values():  # Stripe sends another event of this id, the true one, to its own endpoint
        message = replace(message, event_id=f"{message.event_id}@{message.endpoint}")
    return claim_message(deps.store, message, ignore), deps.books


def _unclaimed(deps: Dependencies, message: Message, error: ClientError | BotoCoreError | Misconfigured) -> Outcome:
    """The outcome if the inbox cannot be written: a deployment's hour then counts from the first receive."""
    return _uncounted(deps, _waited(deps, message), Outcome("unclaimed", failure=failure_of(error)))


def _uncounted(deps: Dependencies, waited: float, outcome: Outcome) -> Outcome:
    """`outcome` with its wait. The inbox counts no attempt here, so `waited`, in seconds, decides when to give up."""
    wait = before_uncounted(waited, deps.jitter)
    match outcome.failure:
        case Failure(kind="deployment"):
            wait = while_faulty(deps.jitter) if waited < FAULTY_FOR else 0
        case Failure(kind="bug") if waited >= sum(BUG):
            wait = 0
    return replace(outcome, wait=wait)


def _waited(deps: Dependencies, message: Message) -> float:
    """Seconds since SQS first handed the message out."""
    return deps.store.clock() - message.first_received_ms / 1000


def _not_claimed(deps: Dependencies, message: Message, found: NotClaimed) -> Outcome:
    match found:
        case Committed(lanes, committed_ms):
            return _hand_over(deps, message, lanes, committed_ms, Outcome("handed over"))
        case Duplicate("ignored", reason):
            return Outcome("ignored", reason=reason)
        case Duplicate():
            return Outcome("duplicate")
        case LeasedElsewhere(seconds):
            return Outcome("leased elsewhere", seconds + 1)
        case AwaitingDeadLetter():
            return Outcome("awaiting dead letter", 0)
        case Exhausted(claim=claimed):
            return _fail(deps, claimed, message, Failure("Crashed", "no_answer", "", "bug"))


def _hand_over(
    deps: Dependencies, message: Message, lanes: tuple[Lane, ...], committed_ms: int, outcome: Outcome
) -> Outcome:
    """Tell the effects worker. If SQS refuses, the message comes again, and the consumer only reads and hands over.

    The consumer writes nothing after the commit, so the wait counts from the commit,
    or from the first receive if that is later.
    """
    try:
        deps.handover.send(message.event_id, message.account, lanes)
    except (ClientError, BotoCoreError) as error:
        waited = min(_waited(deps, message), deps.store.clock() - committed_ms / 1000)
        return _uncounted(deps, waited, replace(outcome, state="not handed over", failure=failure_of(error)))
    return outcome


def _failed(deps: Dependencies, claim: Claim, message: Message, error: Exception) -> Outcome:
    """Record why the attempt failed, and whether another attempt follows."""
    failure = failure_of(error)
    if isinstance(claim, New):  # only the commit was to insert the inbox item, so claim it now to record the failure
        try:
            found = claim_message(deps.store, message, None, claim.token)
        except (ClientError, BotoCoreError) as unheard:
            return _unclaimed(deps, message, unheard)
        if not isinstance(found, Claimed):
            return _not_claimed(deps, message, found)
        claim = found
    retry = retry_after(claim, failure, _waited(deps, message), deps.store.now(), deps.jitter)
    return _retry(deps, claim, failure, retry) if retry else _fail(deps, claim, message, failure)


def _retry(deps: Dependencies, claimed: Claimed, failure: Failure, retry: Retry) -> Outcome:
    wait = retry.wait
    try:
        record_retry(deps.store, claimed, failure, retry)
    except (ClientError, BotoCoreError):
        wait = max(wait, deps.store.lease)  # the lease stands, so no consumer can take the event over sooner
    return Outcome("retry", wait, failure, claimed.attempt)


def _fail(deps: Dependencies, claimed: Claimed, message: Message, failure: Failure) -> Outcome:
    try:
        record_failure(deps.store, deps.books, claimed, failure, message.body)
    except (ClientError, BotoCoreError):
        return Outcome("unrecorded", deps.store.lease, failure, claimed.attempt)
    return Outcome("failed", 0, failure, claimed.attempt)
