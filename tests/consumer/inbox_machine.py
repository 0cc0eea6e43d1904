"""Consumers that claim one event, stall, wake up late, fail and lose answers, against a model without conditions."""

from dataclasses import dataclass
from itertools import count

from botocore.exceptions import ClientError, ReadTimeoutError
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, invariant, multiple, precondition, rule

from functions.consumer import claim as stage
from functions.consumer.claim import (
    AwaitingDeadLetter,
    Claim,
    Claimed,
    Duplicate,
    Exhausted,
    LeasedElsewhere,
    claim,
    claim_by_commit,
)
from functions.consumer.commit import FencedError, commit
from functions.consumer.failure import Failure, record_failure, record_retry
from functions.effects.perform import perform
from shared.decision import Decision
from shared.inbox.outbox import Owed, load
from tests.consumer.faults import Crash
from tests.consumer.world import LEASE, World, mail

RUNS = count()
FAILURE = Failure("KeyError", "unexpected", "", ())
UNHEARD = 3  # as often as the SDK sends


@dataclass
class Hand:
    """A consumer that has claimed the event, or means to by its commit; it may not know that its claim lapsed."""

    claimed: Claimed
    outbox: tuple[Owed, ...] | None


@dataclass
class Model:
    """What the inbox must say. `holder` is the token of the last claim, `claimed_by` the message that it was for."""

    state: str = "absent"
    message: int = 1
    claimed_by: int = 0
    attempts: int = 0
    lease_until: float = 0
    holder: str = ""
    owes: bool = False
    marked: int = 0

    def answer(self, now: float) -> type:
        """What a claim must come to."""
        same_message = self.message == self.claimed_by
        if self.state == "done":
            return Duplicate
        if self.state == "failed" and same_message:
            return AwaitingDeadLetter
        if self.lease_until > now:
            return LeasedElsewhere
        return Exhausted if same_message and self.attempts >= stage.ATTEMPTS else Claimed

    def is_claimed(self, token: str, now: float) -> None:
        self.attempts = self.attempts + 1 if self.message == self.claimed_by else 1
        self.state = "committed" if self.owes else "claimed"
        self.holder, self.claimed_by, self.lease_until = token, self.message, now + LEASE


class Inbox(RuleBasedStateMachine):
    """One event, which no other run knows."""

    hands = Bundle("hands")

    def __init__(self, world: World) -> None:
        super().__init__()
        self.world = world
        self.model = Model()
        self.id = f"evt_{next(RUNS)}"
        self.mails = (mail(f"{self.id} one"), mail(f"{self.id} two"))

    # ---- what a consumer does; each step checks its outcome against the model, and then the model follows

    @rule(target=hands, lost=st.booleans())
    def claims(self, *, lost: bool) -> object:
        if lost:
            self.world.faults.lose_answer("PutItem")
            self.world.faults.lose_answer("UpdateItem")
        return self._claims()

    @rule(target=hands)
    def looks(self) -> object:
        message = self.world.message(f"message-{self.model.message}", self.id)
        claimed = claim_by_commit(self.world.store, message, self.world.inbox(self.id))
        expected = {"absent": Claimed, "done": Duplicate}.get(self.model.state, type(None))
        assert type(claimed) is expected
        return Hand(claimed, None) if isinstance(claimed, Claimed) else multiple()

    @precondition(lambda self: self.model.state in {"claimed", "committed"})
    @rule(target=hands, hand=hands, sends=st.booleans(), owing=st.booleans())
    def claims_as_another_wakes_up(self, hand: Hand, *, sends: bool, owing: bool) -> object:
        """The other one writes at the last moment: between the two calls of the take-over."""
        self.world.clock.now += LEASE
        self.world.faults.meanwhile(
            "UpdateItem", lambda: self.sends_one(hand) if sends else self.decides(hand, owing=owing, heard=True)
        )
        return self._claims()

    @rule(hand=hands, owing=st.booleans(), heard=st.booleans())
    def decides(self, hand: Hand, *, owing: bool, heard: bool) -> None:
        if hand.outbox is not None:
            return
        item = hand.claimed.item
        may = self.model.state == "absent" if item else self._holds(hand) and self.model.state == "claimed"
        if not heard:
            self.world.faults.lose_answer("TransactWriteItems", UNHEARD)
        decision = Decision(then=self.mails if owing else ())
        try:
            outbox = commit(self.world.store, hand.claimed, self.world.event(self.id), "{}", decision)
        except (FencedError, ReadTimeoutError):
            assert not may or not heard
        else:
            assert may
            hand.outbox = outbox
        if may and item:
            self.model.holder, self.model.claimed_by, self.model.attempts = item["token"], self.model.message, 1
            self.model.lease_until = item["lease_until"]
        if may:
            self.model.state, self.model.owes = ("committed", True) if owing else ("done", False)
        self.world.faults.forget()

    @rule(hand=hands)
    def sends_one(self, hand: Hand) -> None:
        """One mail, and then it stalls."""
        if hand.outbox is None or all(owed.outcome for owed in hand.outbox[:1]):
            return
        self.world.outside.mail_troubles = [None, Crash()]
        try:
            perform(self.world.store, self.world.performers, hand.claimed, hand.outbox, {})
        except Crash:
            assert self._holds(hand)
            hand.outbox = (hand.outbox[0].model_copy(update={"outcome": "sent"}), *hand.outbox[1:])
            self.model.marked = 1
        except FencedError:
            assert not self._holds(hand)
        self.world.outside.mail_troubles = []

    @rule(hand=consumes(hands), heard=st.booleans(), permanent=st.booleans())
    def performs(self, hand: Hand, *, heard: bool, permanent: bool) -> None:
        if not hand.outbox:
            return
        may = self._holds(hand)
        if not heard:
            self.world.faults.meanwhile("UpdateItem", lambda: None)
            self.world.faults.lose_answer("UpdateItem", 0 if hand.outbox[0].outcome is None else UNHEARD)
        try:
            perform(self.world.store, self.world.performers, hand.claimed, hand.outbox, {})
        except FencedError:
            assert not may
        except ReadTimeoutError:
            assert not heard
        if may:
            self.model.state, self.model.marked = "done", len(self.mails)
        self.world.faults.forget()
        if not heard:
            self._records(hand, permanent=permanent, counted=True)

    @rule(hand=consumes(hands), permanent=st.booleans(), counted=st.booleans())
    def fails(self, hand: Hand, *, permanent: bool, counted: bool) -> None:
        if hand.claimed.item is None:
            self._records(hand, permanent=permanent, counted=counted)
            return
        found = self._claims(hand.claimed.token)
        if isinstance(found, Hand):
            self._records(found, permanent=permanent, counted=counted)

    # ---- what happens to it

    @rule(seconds=st.sampled_from([1, LEASE]))
    def time_passes(self, seconds: int) -> None:
        self.world.clock.now += seconds

    @precondition(lambda self: self.model.state in {"done", "failed"})
    @rule()
    def comes_under_a_new_message(self) -> None:
        """A redrive, or Stripe's own repetition, which stood behind the first in the queue."""
        self.model.message += 1

    @invariant()
    def the_inbox_says_what_the_model_says(self) -> None:
        inbox, model = self.world.inbox(self.id), self.model
        if model.state == "absent":
            assert inbox == {}
            return
        told = (inbox["state"], inbox["token"], inbox["attempts"], inbox["lease_until"])
        assert told == (model.state, model.holder, model.attempts, model.lease_until)
        assert self._marks(load(inbox["outbox"]) if "outbox" in inbox else None) == (
            model.marked if model.owes else None
        )

    # ---- how

    def _claims(self, token: str = "") -> object:
        """`token` is that of a claim which was left to a commit; what that has put is found, and no attempt begins."""
        now = self.world.clock.now
        seen = self.model.state
        mine = token == self.model.holder and seen == "committed"
        wanted = Claimed if mine else self.model.answer(now)
        message = self.world.message(f"message-{self.model.message}", self.id)
        answer: Claim = claim(self.world.store, message, None, token)
        self.world.faults.forget()
        if self.model.state != seen:  # its holder has finished or committed in between
            assert answer == LeasedElsewhere(LEASE)
            return multiple()
        assert type(answer) is wanted
        if not isinstance(answer, Claimed | Exhausted):
            return multiple()
        ours = answer.claim if isinstance(answer, Exhausted) else answer
        if not mine:
            self.model.is_claimed(ours.token, now)
        outbox = None if ours.outbox is None else load(ours.outbox)
        assert (ours.attempt, self._marks(outbox)) == (
            self.model.attempts,
            self.model.marked if self.model.owes else None,
        )
        hand = Hand(ours, outbox)
        if isinstance(answer, Exhausted):
            self._records(hand, permanent=True, counted=True)
            return multiple()
        return hand

    def _records(self, hand: Hand, *, permanent: bool, counted: bool) -> None:
        try:
            if permanent:
                record_failure(self.world.store, hand.claimed, FAILURE, None, "{}")
            else:
                record_retry(self.world.store, hand.claimed, FAILURE, 1, counted=counted)
        except ClientError:
            assert not self._holds(hand) or self.model.state == "done"
            return
        assert self._holds(hand)
        self.model.lease_until = 0
        if permanent:
            self.model.state = "failed"
        elif not counted:
            self.model.attempts -= 1

    def _holds(self, hand: Hand) -> bool:
        return hand.claimed.token == self.model.holder

    def _marks(self, outbox: tuple[Owed, ...] | None) -> int | None:
        """How many mails are marked as sent, if any are owed at all."""
        if outbox is None:
            return None
        assert [owed.key for owed in outbox if owed.kind == "email"] == [one.key for one in self.mails]
        return sum(owed.outcome is not None for owed in outbox)
