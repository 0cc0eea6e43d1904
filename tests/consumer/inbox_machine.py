"""Consumers that claim one event, stall, wake up late, fail and lose answers, against a model without conditions."""

from dataclasses import dataclass, field
from itertools import count

from botocore.exceptions import ClientError, ReadTimeoutError
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, invariant, multiple, precondition, rule

from functions.consumer.commit.claim import claim_by_commit, claim_message
from functions.consumer.commit.claims import Claim, Claimed, Committed, Duplicate, Exhausted, New
from functions.consumer.commit.commit import FencedError, commit
from functions.consumer.commit.failures import record_failure, record_retry
from functions.consumer.retry import Retry
from shared.decisions.decision import Decision
from shared.failures.kinds import Failure
from shared.inbox.lanes import LANES, Lane
from shared.inbox.leases import AwaitingDeadLetter, LeasedElsewhere
from shared.values.times import DAY
from tests.consumer.examples import LEASE, mail, reminder
from tests.consumer.lane_model import ATTEMPTS, Entry, LaneModel
from tests.consumer.world import World

RUNS = count(1)  # `evt_0` looks like the id that the Dashboard gives to each test event
FAILURE = Failure("KeyError", "unexpected", "", "bug")
UNHEARD = 3  # as often as the SDK sends


@dataclass
class Model:
    """What the inbox must say. `holder` is the token of the last claim, `claimed_by` the message that it was for."""

    state: str = "absent"
    message: int = 1
    claimed_by: int = 0
    attempts: int = 0
    lease_until: float = 0
    holder: str = ""
    committed_ms: int = 0
    has_failed: bool = False
    lanes: dict[Lane, LaneModel] = field(default_factory=dict)

    @property
    def owing(self) -> tuple[Lane, ...]:
        """The lanes that still owe something."""
        return tuple(lane for lane in LANES if lane in self.lanes and not self.lanes[lane].finished)

    @property
    def unfinished(self) -> bool:
        """Whether the event stands in the index: it owes something, or an attempt failed and none has committed."""
        return bool(self.owing) or (self.state != "decided" and self.has_failed)

    def answer(self, now: float) -> type:
        """What a claim must come to."""
        same_message = self.message == self.claimed_by
        if self.state == "decided":
            return Committed if self.owing else Duplicate
        if self.state == "failed" and same_message:
            return AwaitingDeadLetter
        if self.lease_until > now:
            return LeasedElsewhere
        return Exhausted if same_message and self.attempts >= ATTEMPTS else Claimed

    def is_claimed(self, token: str, now: float) -> None:
        self.attempts = self.attempts + 1 if self.message == self.claimed_by else 1
        self.state, self.holder, self.claimed_by, self.lease_until = "claimed", token, self.message, now + LEASE


class Inbox(RuleBasedStateMachine):
    """One event, which no other run knows: what its consumers do. Each step is checked against the model."""

    hands = Bundle("hands")

    def __init__(self, world: World) -> None:
        super().__init__()
        self.world = world
        self.model = Model()
        self.id = f"evt_{next(RUNS)}"
        expires = int(world.clock.now) + 30 * DAY  # later than any run
        self.mails = tuple(mail(f"{self.id} {which}", expires=expires) for which in ("one", "two"))
        self.reminders = tuple(reminder(f"{self.id} {which}") for which in ("one", "two"))

    # ---- what a consumer does

    @rule(target=hands, lost=st.booleans())
    def claims(self, *, lost: bool) -> object:
        if lost:
            self.world.faults.lose_answer("PutItem")
            self.world.faults.lose_answer("UpdateItem")
        return self._claims()

    @rule(target=hands)
    def looks(self) -> object:
        message = self.world.message(f"message-{self.model.message}", self.id)
        found = claim_by_commit(self.world.store, message, self.world.inbox(self.id))
        decided = self.model.answer(self.world.clock.now) if self.model.state == "decided" else type(None)
        assert type(found) is (New if self.model.state == "absent" else decided)
        if isinstance(found, Committed):
            assert found.lanes == self.model.owing
        return found if isinstance(found, New) else multiple()

    @precondition(lambda self: self.model.state == "claimed")
    @rule(target=hands, hand=hands, owes=st.sets(st.sampled_from(LANES)))
    def claims_as_another_wakes_up(self, hand: Claim, owes: set[Lane]) -> object:
        """The other one commits at the last moment: between the two calls of the take-over."""
        self.world.clock.now += LEASE
        self.world.faults.meanwhile("UpdateItem", lambda: self.decides(hand, owes=owes, heard=True))
        return self._claims()

    @rule(hand=hands, owes=st.sets(st.sampled_from(LANES)), heard=st.booleans())
    def decides(self, hand: Claim, *, owes: set[Lane], heard: bool) -> None:
        may = self.model.state == ("absent" if isinstance(hand, New) else "claimed")
        may = may and (isinstance(hand, New) or self._holds(hand))
        if not heard:
            self.world.faults.lose_answer("TransactWriteItems", UNHEARD)
        then = (self.reminders if "effects" in owes else ()) + (self.mails if "mails" in owes else ())
        try:
            commit(self.world.store, hand, self.world.event(self.id), "{}", Decision(then=then))
        except (FencedError, ReadTimeoutError):
            assert not may or not heard
        else:
            assert may
        if may:
            self._is_decided(hand, owes)
        self.world.faults.forget()

    def _is_decided(self, hand: Claim, owes: set[Lane]) -> None:
        model = self.model
        if isinstance(hand, New):
            model.holder, model.claimed_by, model.attempts = hand.token, model.message, 1
        model.state, model.committed_ms = "decided", int(self.world.clock.now * 1000)
        ahead = len(self.reminders) if "effects" in owes else 0
        places = {"effects": range(ahead), "mails": range(ahead, ahead + len(self.mails))}
        model.lanes = {lane: LaneModel(lane, {place: Entry() for place in places[lane]}) for lane in owes}

    @rule(hand=consumes(hands), permanent=st.booleans(), counted=st.booleans())
    def fails(self, hand: Claim, *, permanent: bool, counted: bool) -> None:
        if isinstance(hand, New):  # claimed now, under the token of the commit that was not heard
            found = self._claims(hand.token)
            if not isinstance(found, Claimed):
                return
            hand = found
        self._records(hand, permanent=permanent, counted=counted)

    # ---- what happens to it

    @rule(seconds=st.sampled_from([1, LEASE, 3600]))
    def time_passes(self, seconds: int) -> None:
        self.world.clock.now += seconds

    @precondition(lambda self: self.model.state in {"decided", "failed"})
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
        assert (inbox["token"], inbox["attempts"]) == (model.holder, model.attempts)
        if model.state != "decided":
            assert (inbox["state"], inbox["lease_until"]) == (model.state, model.lease_until)
            assert "outbox" not in inbox
            return
        assert ("outbox" in inbox) == bool(model.lanes)
        if model.owing:
            assert (inbox["lease_until"], inbox["committed_ms"]) == (0, model.committed_ms)
            assert inbox["state"] in {"committed", "failed"}
        else:
            assert inbox["state"] == "done"

    # ---- how

    def _claims(self, token: str = "") -> object:
        """`token` is that of a claim which was left to a commit."""
        now, seen = self.world.clock.now, self.model.state
        wanted = self.model.answer(now)
        message = self.world.message(f"message-{self.model.message}", self.id)
        answer = claim_message(self.world.store, message, None, token)
        self.world.faults.forget()
        if self.model.state != seen:  # its holder has committed in between
            assert answer == LeasedElsewhere(LEASE)
            return multiple()
        assert type(answer) is wanted
        if isinstance(answer, Committed):
            assert answer.lanes == self.model.owing
        if not isinstance(answer, Claimed | Exhausted):
            return multiple()
        ours = answer.claim if isinstance(answer, Exhausted) else answer
        self.model.is_claimed(ours.token, now)
        assert ours.attempt == self.model.attempts
        if isinstance(answer, Exhausted):
            self._records(ours, permanent=True, counted=True)
            return multiple()
        return ours

    def _records(self, claimed: Claimed, *, permanent: bool, counted: bool) -> None:
        store, books = self.world.store, self.world.consumer.books
        may = self._holds(claimed) and self.model.state == "claimed"
        try:
            if permanent:
                record_failure(store, books, claimed, FAILURE, "{}")
            else:
                record_retry(store, claimed, FAILURE, Retry(1, counted=counted))
        except ClientError:
            assert not may
            return
        assert may
        self.model.lease_until, self.model.has_failed = 0, True
        if permanent:
            self.model.state = "failed"
        elif not counted:
            self.model.attempts -= 1

    def _holds(self, claimed: Claim) -> bool:
        return claimed.token == self.model.holder
