"""Workers that lease the lanes of that event, perform them while much goes wrong, and are stopped or overtaken."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from botocore.exceptions import BotoCoreError
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, consumes, invariant, multiple, rule

from functions.effects.lane.attempt import Attempt
from functions.effects.lane.lease import Leased, lease
from functions.effects.lane.progress import FencedError
from functions.effects.perform.perform import perform
from shared.failures.errors import Permanent, Retryable
from shared.inbox.lanes import LANES, Lane
from shared.inbox.progress import Progress
from shared.inbox.unfinished import INDEX
from shared.values.times import HOUR
from tests.consumer.faults import Crash
from tests.consumer.inbox_machine import UNHEARD, Inbox
from tests.consumer.lane_model import Entry, Fault, LaneModel, Plan, Trouble

TROUBLES: dict[Trouble, BaseException | None] = {
    "none": None,
    "later": Retryable("not now"),
    "never": Permanent("never"),
    "dies": Crash(),
}
FAULTS: tuple[Fault, ...] = ("none", "lost once", "unheard", "cut", "dies before", "dies after")
PLANS = st.builds(
    Plan,
    st.lists(st.sampled_from(list(TROUBLES)), max_size=2),
    st.sampled_from(FAULTS),
    st.sampled_from([0, 1]),
)


@dataclass
class Worker:
    """A worker that has leased a lane; it may not know that another one has it by now."""

    leased: Leased
    sent_ms: int
    known: dict[int, Entry]
    beside: tuple[bool, bool]
    """Whether the other lane owed something and had failed."""


class Lanes(Inbox):
    """What the workers of an event do, beside its consumers."""

    workers = Bundle("workers")

    @rule(target=workers, lane=st.sampled_from(LANES), redriven=st.booleans(), lost=st.booleans())
    def leases(self, lane: Lane, *, redriven: bool, lost: bool) -> object:
        """By the message of the hand-over, or by one that was sent just now."""
        now, model = self.world.clock.now, self.model.lanes.get(lane)
        sent_ms = int(now * 1000) if redriven else self.model.committed_ms
        if lost:
            self.world.faults.lose_answer("UpdateItem")
        found = lease(self.world.store, self.world.owed_message(lane, self.id, sent=sent_ms / 1000))
        self.world.faults.forget()
        nothing = LaneModel(lane, {}, finished=True)
        assert type(found) is (model or nothing).answer(now, sent_ms)
        if model is None or not isinstance(found, Leased):
            return multiple()
        model.is_leased(found.token, now + self.world.store.lease)
        return Worker(found, sent_ms, dict(model.entries), self._beside(lane))

    @rule(worker=consumes(workers), plan=PLANS)
    def performs(self, worker: Worker, plan: Plan) -> None:
        if worker.beside != self._beside(worker.leased.lane):
            plan.fault = "none"  # it asks once more how the other lane is, and which call meets the fault is another
        self._plan(plan)
        self._performs(worker, plan)
        self._plan(Plan([]))

    @rule(worker=consumes(workers), other=consumes(workers))
    def perform_side_by_side(self, worker: Worker, other: Worker) -> None:
        """The one takes its whole turn just before the first write of the other."""
        if worker.leased.lane == other.leased.lane:
            return
        self.world.faults.meanwhile("UpdateItem", lambda: self._performs(other, Plan([])))
        self._performs(worker, Plan([]))

    @invariant()
    def what_is_owed_and_how_far_it_is_stands_on_the_item(self) -> None:
        inbox = self.world.inbox(self.id)
        assert (INDEX in inbox) == self.model.unfinished
        for lane in LANES:
            assert (f"{lane}_owed" in inbox) == (lane in self.model.owing)
        for lane, model in self.model.lanes.items():
            marked = {place: _entry(inbox["progress"].get(str(place), {})) for place in model.entries}
            assert marked == model.entries
            if not model.finished:
                holder = inbox.get(f"{lane}_holder", {"token": "", "lease_until": 0})
                told = (holder["token"], holder["lease_until"], holder.get("failed_ms"))
                assert told == (model.holder, model.lease_until, model.failed_ms)

    @invariant()
    def an_effect_is_repeated_only_if_nobody_could_know_of_it(self) -> None:
        mails = Counter(sent.key for sent in self.world.services.mails)
        reminders = Counter(remind.about for remind in self.world.services.reminders)
        performed = [
            *(("effects", place, reminders[one.about]) for place, one in enumerate(self.reminders)),
            *(("mails", place, mails[one.key]) for place, one in enumerate(self.mails)),
        ]
        for lane, place, times in performed:
            if model := self.model.lanes.get(lane):  # type: ignore[call-overload] # one of the two
                first = min(model.entries)
                assert times == model.effects[first + place] <= 1 + model.unmarked[first + place]
                assert times or not model.entries[first + place].done
            else:
                assert times == 0

    def _performs(self, worker: Worker, plan: Plan) -> None:
        now, leased = self.world.clock.now, worker.leased
        raised = self.model.lanes[leased.lane].turn(leased.token, worker.known, worker.sent_ms, int(now), plan)
        with _raising(raised):
            perform(Attempt(self.world.worker, leased, worker.sent_ms, now + HOUR))

    def _beside(self, lane: Lane) -> tuple[bool, bool]:
        (other,) = (one for one in LANES if one != lane)
        model = self.model.lanes.get(other)
        return other in self.model.owing, bool(model and model.failed_ms is not None)

    def _plan(self, plan: Plan) -> None:
        troubles = [TROUBLES[trouble] for trouble in plan.troubles]
        self.world.services.mail_errors, self.world.services.reminder_errors = list(troubles), list(troubles)
        faults = self.world.faults
        faults.forget()
        for _ in range(plan.at):
            faults.meanwhile("UpdateItem", lambda: None)
        match plan.fault:
            case "lost once" | "unheard":
                times = UNHEARD if plan.fault == "unheard" else 1
                faults.meanwhile("UpdateItem", lambda: faults.lose_answer("UpdateItem", times))
            case "cut":
                faults.cut("UpdateItem")
            case "dies before":
                faults.crash_before("UpdateItem")
            case "dies after":
                faults.meanwhile("UpdateItem", lambda: faults.crash_after("UpdateItem"))


@contextmanager
def _raising(wanted: type[BaseException] | None) -> Iterator[None]:
    try:
        yield
    except (FencedError, BotoCoreError, Crash) as error:
        assert type(error) is wanted  # noqa: PT017 - a model says which
    else:
        assert wanted is None


def _entry(stored: dict[str, object]) -> Entry:
    progress = Progress.model_validate(stored)
    tried = progress.attempts + progress.deferrals
    return Entry(progress.outcome is not None, tried, progress.not_before, progress.failed_ms)
