"""In any order, with duplicates, and some of it dead-lettered and redriven later: the same books, and no mail amiss."""

from collections import Counter
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, given, settings

from functions.effects.lane import turn
from functions.effects.perform import perform
from tests.prove.allowed import divergences
from tests.prove.conftest import Report
from tests.prove.contradicted import contradicted
from tests.prove.run import Company
from tests.prove.runner import Runner
from tests.prove.stories import STORIES
from tests.prove.telling import Fate, Pace, Telling, Trouble, Turn, in_order, tellings
from tests.prove.troubles import Troubles
from tests.support.lives import DUNNING
from tests.support.story import Story

SHORT, LONG = 3, 60
COLUMNS = ("tellings", "messages", "our own", "dead letters", "redriven", "mails", "overtaken", "too late")
EACH = pytest.mark.parametrize("name", STORIES)


@pytest.fixture
def company(runner: Runner, monkeypatch: pytest.MonkeyPatch) -> Company:
    """Plays tellings on the real consumer and worker."""
    company = Company(runner, Troubles(runner))
    company.open(monkeypatch)
    return company


@pytest.fixture(scope="module")
def figures(report: Report) -> Iterator[dict[str, Counter[str]]]:
    """What was played, by story; told at the end."""
    played: dict[str, Counter[str]] = {}
    yield played
    if played:
        report("stories in any order, with duplicates, dead letters and redrives", table(played))


def table(played: dict[str, Counter[str]]) -> Iterator[str]:
    columns = (*COLUMNS, "divergences")
    yield f"{'story':24}" + "".join(f"{column:>14}" for column in columns)
    rows = [*played.items(), ("all", sum(played.values(), Counter()))]
    yield from (f"{name:24}" + "".join(f"{row[column]:>14}" for column in columns) for name, row in rows)


def tell(company: Company, story: Story, examples: int, *, always_the_same: bool) -> Counter[str]:
    """Play so many tellings; each must end as the undisturbed one. Hypothesis prints the one that does not."""
    undisturbed = {pace: company.play(in_order(story.events, pace)) for pace in Pace}
    played: Counter[str] = Counter()

    @settings(
        max_examples=examples,
        derandomize=always_the_same,
        deadline=None,
        suppress_health_check=(HealthCheck.too_slow, HealthCheck.data_too_large),
        report_multiple_bugs=False,
    )
    @given(telling=tellings(story.events))
    def ends_as_undisturbed(telling: Telling) -> None:
        outcome = company.play(telling)
        played.update(outcome.counts + Counter(tellings=1))
        found = divergences(story, undisturbed[telling.pace], outcome)
        played["divergences"] += bool(found)
        assert not found, "\n".join(found)

    ends_as_undisturbed()
    return played


@EACH
def test_a_mail_owed_until_all_else_was_told_is_sent_then_unless_overtaken(name: str, company: Company) -> None:
    story = STORIES[name]
    undisturbed = company.play(in_order(story.events, Pace.AT_ONCE))
    mailing = [event for event in story.events if '"email"' in undisturbed.scene.inbox[event.id,].get("outbox", "")]
    for late in mailing:
        for fate in (Fate((Trouble.MAIL,), (len(story.events),)), Fate(late=len(story.events))):
            turns = tuple(Turn(event, mails=fate if event is late else Fate()) for event in story.events)
            assert divergences(story, undisturbed, company.play(Telling(Pace.AT_ONCE, turns))) == []


@EACH
def test_however_it_is_told_a_story_ends_in_the_same_books_and_no_mail_is_amiss(name: str, company: Company) -> None:
    tell(company, STORIES[name], SHORT, always_the_same=True)


@EACH
@pytest.mark.prove
def test_nor_is_any_of_many_more_tellings_amiss(name: str, company: Company, figures: dict[str, Counter[str]]) -> None:
    figures[name] = tell(company, STORIES[name], LONG, always_the_same=False)


@pytest.mark.parametrize("fate", [Fate((Trouble.MAIL,), (0,)), Fate((Trouble.DEFERRED,), (1,)), Fate(late=1)], ids=str)
def test_a_worker_that_does_not_ask_the_books_again_is_found_out(
    fate: Fate, company: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    failed, paid = DUNNING.events[2], DUNNING.events[5]
    turns = (Turn(failed, mails=fate), Turn(paid))
    told = company.play(Telling(Pace.AT_ONCE, turns)).mails
    assert {one.mail.template: one.outcome for one in told} == {"receipt": "sent", "payment_failed": "overtaken"}

    monkeypatch.setattr(perform, "why_not", lambda _mail, _books: None)

    told = company.play(Telling(Pace.AT_ONCE, turns)).mails
    by = {one.mail.template: contradicted(one.mail, one.known) for one in told if one.outcome == "sent"}
    assert by == {"receipt": None, "payment_failed": paid}


def test_a_worker_that_forgets_what_it_has_sent_is_found_out(company: Company, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(turn, "finish", lambda *_args: None)
    turns = (*(Turn(event) for event in DUNNING.events), Turn(DUNNING.events[5]))
    found = divergences(DUNNING, *(company.play(Telling(Pace.AT_ONCE, told)) for told in (turns[:-1], turns)))
    assert any(one.startswith("2 times: ") for one in found)
    assert any(one.startswith("not done: ") for one in found)


@pytest.mark.parametrize("dead", ["effects", "mails"])
def test_a_dead_letter_of_one_lane_is_redriven_while_the_other_has_work(dead: str, company: Company) -> None:
    failed, paid = DUNNING.events[2], DUNNING.events[3]
    undisturbed = company.play(Telling(Pace.AT_ONCE, (Turn(failed), Turn(paid))))
    died, late = Fate((Trouble.SCHEDULE if dead == "effects" else Trouble.MAIL,), (0,)), Fate(late=2)
    fates = {"effects": died, "mails": late} if dead == "effects" else {"effects": late, "mails": died}

    told = company.play(Telling(Pace.AT_ONCE, (Turn(failed, **fates), Turn(paid))))

    assert (told.counts["dead letters"], told.counts["redriven"], told.unfinished) == (1, 1, ())
    assert told.scene.mails == undisturbed.scene.mails
    assert told.scene.announcements == undisturbed.scene.announcements
    assert told.scene.schedules.keys() == undisturbed.scene.schedules.keys()
