"""Events in any order, with duplicates, dead letters and redrives: the books end the same, and no mail is wrong."""

from collections import Counter
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, given, settings

from functions.effects.lane import attempt
from functions.effects.perform import perform
from tests.prove.conftest import Report
from tests.prove.contradicting_events import contradicting_event
from tests.prove.delivery_plan import Delivery, DeliveryPlan, Fate, LastingFault, Pace, delivery_plans, in_order
from tests.prove.divergences import divergences
from tests.prove.fault_injector import FaultInjector
from tests.prove.runner import Runner
from tests.prove.stories import STORIES
from tests.prove.story_runner import StoryRunner
from tests.support.customer_stories import DUNNING
from tests.support.story import Story

SHORT, LONG = 3, 60
COLUMNS = ("runs", "messages", "our own", "dead letters", "redriven", "mails", "overtaken", "too late")
EACH = pytest.mark.parametrize("name", STORIES)


@pytest.fixture
def story_runner(runner: Runner, monkeypatch: pytest.MonkeyPatch, every_rule: None) -> StoryRunner:  # noqa: ARG001
    """Runs delivery plans on the real consumer and worker."""
    story_runner = StoryRunner(runner, FaultInjector(runner))
    story_runner.open(monkeypatch)
    return story_runner


@pytest.fixture
def figures(report: Report) -> Iterator[dict[str, Counter[str]]]:
    """The counts of a test's runs, by story; reported at the end."""
    played: dict[str, Counter[str]] = {}
    yield played
    if played:
        report("stories in any order, with duplicates, dead letters and redrives", table(played))


def table(played: dict[str, Counter[str]]) -> Iterator[str]:
    columns = (*COLUMNS, "divergences")
    yield f"{'story':24}" + "".join(f"{column:>14}" for column in columns)
    yield from (f"{name:24}" + "".join(f"{row[column]:>14}" for column in columns) for name, row in played.items())


def tell(story_runner: StoryRunner, story: Story, examples: int, *, always_the_same: bool) -> Counter[str]:
    """Run so many delivery plans; each must end as the undisturbed one. Hypothesis prints one that does not."""
    undisturbed = {pace: story_runner.run(in_order(story.events, pace)) for pace in Pace}
    played: Counter[str] = Counter()

    @settings(
        max_examples=examples,
        derandomize=always_the_same,
        deadline=None,
        suppress_health_check=(HealthCheck.too_slow, HealthCheck.data_too_large),
        report_multiple_bugs=False,
    )
    @given(plan=delivery_plans(story.events))
    def ends_as_undisturbed(plan: DeliveryPlan) -> None:
        outcome = story_runner.run(plan)
        played.update(outcome.counts + Counter(runs=1))
        found = divergences(story, undisturbed[plan.pace], outcome)
        played["divergences"] += bool(found)
        assert not found, "\n".join(found)

    ends_as_undisturbed()
    return played


@EACH
def test_a_mail_owed_until_all_else_was_told_is_sent_then_unless_overtaken(
    name: str, story_runner: StoryRunner
) -> None:
    story = STORIES[name]
    undisturbed = story_runner.run(in_order(story.events, Pace.AT_ONCE))
    mailing = [event for event in story.events if '"email"' in undisturbed.snapshot.inbox[event.id,].get("outbox", "")]
    for late in mailing:
        for fate in (Fate((LastingFault.MAIL,), (len(story.events),)), Fate(late=len(story.events))):
            deliveries = tuple(Delivery(event, mails=fate if event is late else Fate()) for event in story.events)
            assert divergences(story, undisturbed, story_runner.run(DeliveryPlan(Pace.AT_ONCE, deliveries))) == []


@EACH
def test_however_it_is_told_a_story_ends_in_the_same_books_and_no_mail_is_amiss(
    name: str, story_runner: StoryRunner
) -> None:
    tell(story_runner, STORIES[name], SHORT, always_the_same=True)


@EACH
@pytest.mark.prove
def test_nor_is_any_of_many_more_runs_amiss(
    name: str, story_runner: StoryRunner, figures: dict[str, Counter[str]]
) -> None:
    figures[name] = tell(story_runner, STORIES[name], LONG, always_the_same=False)


@pytest.mark.parametrize(
    "fate", [Fate((LastingFault.MAIL,), (0,)), Fate((LastingFault.DEFERRED,), (1,)), Fate(late=1)], ids=str
)
def test_a_worker_that_does_not_ask_the_books_again_is_found_out(
    fate: Fate, story_runner: StoryRunner, monkeypatch: pytest.MonkeyPatch
) -> None:
    failed, paid = DUNNING.events[2], DUNNING.events[5]
    deliveries = (Delivery(failed, mails=fate), Delivery(paid))
    told = story_runner.run(DeliveryPlan(Pace.AT_ONCE, deliveries)).mails
    assert {one.mail.template: one.outcome for one in told} == {"receipt": "sent", "payment_failed": "overtaken"}

    monkeypatch.setattr(perform, "why_not", lambda _mail, _books: None)

    told = story_runner.run(DeliveryPlan(Pace.AT_ONCE, deliveries)).mails
    by = {one.mail.template: contradicting_event(one.mail, one.known) for one in told if one.outcome == "sent"}
    assert by == {"receipt": None, "payment_failed": paid}


def test_a_worker_that_forgets_what_it_has_sent_is_found_out(
    story_runner: StoryRunner, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(attempt, "finish", lambda *_args: None)
    deliveries = (*(Delivery(event) for event in DUNNING.events), Delivery(DUNNING.events[5]))
    found = divergences(
        DUNNING, *(story_runner.run(DeliveryPlan(Pace.AT_ONCE, told)) for told in (deliveries[:-1], deliveries))
    )
    assert any(one.startswith("2 times: ") for one in found)
    assert any(one.startswith("not done: ") for one in found)


@pytest.mark.parametrize("dead", ["effects", "mails"])
def test_a_dead_letter_of_one_lane_is_redriven_while_the_other_has_work(dead: str, story_runner: StoryRunner) -> None:
    failed, paid = DUNNING.events[2], DUNNING.events[3]
    undisturbed = story_runner.run(DeliveryPlan(Pace.AT_ONCE, (Delivery(failed), Delivery(paid))))
    died, late = Fate((LastingFault.SCHEDULE if dead == "effects" else LastingFault.MAIL,), (0,)), Fate(late=2)
    fates = {"effects": died, "mails": late} if dead == "effects" else {"effects": late, "mails": died}

    told = story_runner.run(DeliveryPlan(Pace.AT_ONCE, (Delivery(failed, **fates), Delivery(paid))))

    assert (told.counts["dead letters"], told.counts["redriven"], told.unfinished) == (1, 1, ())
    assert told.snapshot.mails == undisturbed.snapshot.mails
    assert told.snapshot.announcements == undisturbed.snapshot.announcements
    assert told.snapshot.schedules.keys() == undisturbed.snapshot.schedules.keys()
