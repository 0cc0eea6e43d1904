"""Settle: decide and commit, and once more whenever the commit finds that others wrote meanwhile."""

from functions.consumer.commit.claim import New, Ours
from functions.consumer.commit.commit import BusyError, FencedError, MailTakenError, StaleRecordError, commit
from functions.consumer.dependencies import Consumer
from shared.decisions.decision import Decision
from shared.effects.email import Email
from shared.failures.errors import Contended
from shared.inbox.outbox import Owed
from shared.records.books import Books
from shared.stripe_objects.event import read_event

TRIES = 3
"""How often a cancelled commit is tried again in process, without counting an attempt."""

PAUSE = 0.05
"""Seconds; the longest pause before the first new try after a conflict or a throttle, doubled for each further one."""


def decide_and_commit(consumer: Consumer, ours: Ours, books: Books, body: str) -> tuple[tuple[Owed, ...], Decision]:
    """The outbox of the event in `body`, committed, and the decision on it; `books` are those to decide on first.

    Raises:
        FencedError: somebody took the event over.
        Contended: others keep writing the same items, or have begun with the event before our commit could claim it.
        Permanent, Retryable, botocore.exceptions.ClientError, BotoCoreError: as `decide` and `commit` have them.
    """
    event = read_event(body)
    stale, busy, taken = 0, 0, frozenset[str]()
    while True:
        decision = _without(taken, consumer.decide(event, books))
        try:
            return commit(consumer.store, ours, event, body, decision), decision
        except MailTakenError as error:
            taken |= error.keys
        except StaleRecordError as error:
            books = consumer.books  # what was read ahead may be what is stale
            stale += 1
            if stale > TRIES:
                raise Contended("stale_record") from error
        except BusyError as error:
            busy += 1
            if busy > TRIES:
                raise Contended("transaction_conflict") from error
            consumer.sleep(consumer.jitter(0, PAUSE * 2**busy))
        except FencedError as error:
            if isinstance(ours, New):
                raise Contended("claimed_elsewhere") from error
            raise


def _without(taken: frozenset[str], decision: Decision) -> Decision:
    then = tuple(effect for effect in decision.then if not (isinstance(effect, Email) and effect.key in taken))
    return decision.model_copy(update={"then": then})
