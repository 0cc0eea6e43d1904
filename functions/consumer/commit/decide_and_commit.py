"""Decide and commit; decide again if the commit finds that another event wrote the same items."""

from functions.consumer.commit.claims import Claim, New
from functions.consumer.commit.commit import BusyError, FencedError, MailTakenError, StaleRecordError, commit
from functions.consumer.decide.collect_mails import with_counted_mails
from functions.consumer.dependencies import Dependencies
from shared.decisions.decision import Decision
from shared.effects.email import Email
from shared.failures.errors import Contended
from shared.inbox.outbox import Owed
from shared.records.books import Books
from shared.stripe_objects.event import read_event

TRIES = 3
"""How often the consumer repeats a cancelled commit within one attempt."""

PAUSE = 0.05
"""Seconds: the longest pause after a conflict or throttle is twice this, and doubles with each repetition."""


def decide_and_commit(deps: Dependencies, claim: Claim, books: Books, body: str) -> tuple[tuple[Owed, ...], Decision]:
    """The committed outbox of the event in `body`, and the decision. The first decision reads `books`.

    Raises:
        FencedError: another consumer took the event over.
        Contended: other events keep writing the same items, or another consumer claimed the new event first.
        Permanent, Retryable, botocore.exceptions.ClientError, BotoCoreError: as `decide` and `commit` raise them.
    """
    event = read_event(body).model_copy(update={"arrived": claim.started_ms // 1000})
    stale, busy, taken = 0, 0, frozenset[str]()
    while True:
        decision = _without(taken, deps.decide(event, books))
        if any(isinstance(effect, Email) and effect.counted_as for effect in decision.then):
            decision = with_counted_mails(decision, event, books)
        try:
            return commit(deps.store, claim, event, body, decision), decision
        except MailTakenError as error:
            taken |= error.keys
        except StaleRecordError as error:
            books = deps.books  # the records that were read ahead may be the stale ones
            stale += 1
            if stale > TRIES:
                raise Contended("stale_record") from error
        except BusyError as error:
            busy += 1
            if busy > TRIES:
                raise Contended("transaction_conflict") from error
            deps.sleep(deps.jitter(0, PAUSE * 2**busy))
        except FencedError as error:
            if isinstance(claim, New):
                raise Contended("claimed_elsewhere") from error
            raise


def _without(taken: frozenset[str], decision: Decision) -> Decision:
    then = tuple(effect for effect in decision.then if not (isinstance(effect, Email) and effect.key in taken))
    return decision.model_copy(update={"then": then})
