"""Stripe is asked before an erasure: a forged deletion, or a forged end of a subscription, erases nobody."""

from collections.abc import Callable

import pytest

from functions.consumer.decide.decide import decide
from shared.decisions.decision import Decision
from shared.effects.email import Email
from shared.effects.erasure import Erase
from shared.effects.observe import Observe
from shared.effects.remind import Remind, erasure_at
from shared.policy.policy import Policy
from shared.records.organization import Organization
from shared.stripe_objects.event import Event
from shared.values.platform import PLATFORM
from shared.values.times import DAY, HOUR
from tests.support.samples import fired, sample
from tests.support.stories import CUSTOMER, answered, told

CREATED = sample("customer.created")
BOUGHT = sample("customer.subscription.created")
ENDED = sample("customer.subscription.deleted")
DELETED = sample("customer.deleted", created=ENDED.created + DAY)
DELETED_AT = DELETED.created
A_MONTH_ON = ENDED.object["ended_at"] + 30 * DAY


class Story:
    """What follows once an erasure is due at `due_at`, after these events."""

    def __init__(self, *events: Event, due_at: int, policy: Policy | None = None) -> None:
        self.books = told(*events, policy=policy)
        asked = decide(fired(erasure_at(due_at, PLATFORM, CUSTOMER)), self.books)
        self.asked = asked.then
        (self.look,) = (one for one in asked.then if isinstance(one, Observe) and one.object == "erasure")
        (self.last,) = (one for one in asked.then if isinstance(one, Remind))
        self.books.apply(asked)

    def answer(self, answer: str) -> Decision:
        """What is decided on Stripe's answer a minute later, and committed."""
        decision = decide(answered(self.look, answer, self.last.at - 72 * HOUR + 60), self.books)
        if not erases(decision):
            self.books.apply(decision)
        return decision

    def at_last(self) -> Decision:
        """What is decided when nobody has answered."""
        return decide(fired(self.last), self.books)

    @property
    def customer(self) -> Organization:
        """The customer as the books have it."""
        return self.books.read(Organization, PLATFORM, CUSTOMER)


def erases(decision: Decision) -> bool:
    return any(isinstance(one, Erase) for one in decision.then)


def mails(decision: Decision) -> list[str]:
    return [one.template for one in decision.then if isinstance(one, Email)]


def deletion() -> Story:
    return Story(CREATED, BOUGHT, DELETED, due_at=DELETED_AT)


def end() -> Story:
    return Story(CREATED, BOUGHT, ENDED, due_at=A_MONTH_ON)


@pytest.mark.parametrize("begin", [deletion, end])
def test_an_erasure_that_is_due_asks_stripe_first(begin: Callable[[], Story]) -> None:
    story = begin()
    assert [one.kind for one in story.asked] == ["observe", "remind"]
    assert (story.look.object, story.look.id) == ("erasure", CUSTOMER)


@pytest.mark.parametrize("answer", ["subscribed", "unsubscribed"])
def test_a_forged_deletion_erases_nobody_and_the_operator_is_told_once(answer: str) -> None:
    story = deletion()
    assert not story.customer.access
    decision = story.answer(answer)
    assert not erases(decision)
    assert mails(decision) == ["erasure_contradicted"]
    assert story.customer.access
    assert story.answer(answer).then == ()
    assert story.at_last().then == ()


def test_after_a_contradiction_the_customer_is_read_at_stripe_as_a_whole() -> None:
    story = deletion()
    (look,) = (one for one in story.answer("subscribed").then if isinstance(one, Observe))
    assert (look.object, look.id) == ("customer", CUSTOMER)


def test_a_forged_end_erases_nobody_and_the_operator_is_told() -> None:
    story = end()
    decision = story.answer("subscribed")
    assert not erases(decision)
    assert mails(decision) == ["erasure_contradicted"]
    assert story.at_last().then == ()


def test_a_later_end_is_an_end_all_the_same() -> None:
    story = end()
    story.answer("subscribed")
    later = A_MONTH_ON + 5 * DAY
    gone = sample("customer.subscription.deleted", ended_at=later, created=later, event_id="evt_truly_gone")
    story.books.apply(decide(gone, story.books))
    assert story.customer.erasable_at(story.books.policy) == later + 30 * DAY


@pytest.mark.parametrize(("begin", "answer"), [(deletion, "gone"), (end, "gone"), (end, "unsubscribed")])
def test_what_stripe_confirms_is_erased(begin: Callable[[], Story], answer: str) -> None:
    assert erases(begin().answer(answer))


def test_a_deletion_that_nobody_can_confirm_waits_and_the_operator_is_told() -> None:
    story = deletion()
    decision = story.answer("unanswered")
    assert not erases(decision)
    assert mails(decision) == ["erasure_unconfirmed"]
    assert story.last.at == DELETED_AT + 72 * HOUR
    assert erases(story.at_last())


@pytest.mark.parametrize("begin", [deletion, end])
def test_a_key_that_does_not_fit_confirms_nothing_and_the_operator_is_told(begin: Callable[[], Story]) -> None:
    """A key of another Stripe account or mode sees no customer at all."""
    story = begin()
    decision = story.answer("misfit")
    assert not erases(decision)
    assert mails(decision) == ["erasure_unconfirmed"]
    assert erases(story.at_last())


def test_an_account_that_has_left_shows_its_customers_to_no_key() -> None:
    left = sample("account.application.deauthorized", created=ENDED.created)
    events = [event.model_copy(update={"account": left.account}) for event in (CREATED, BOUGHT, ENDED)]
    look = Observe(object="erasure", account=left.account, id=CUSTOMER, event="evt_due")
    answer = answered(look, "misfit", A_MONTH_ON + 60)
    assert not erases(decide(answer, told(*events)))
    assert erases(decide(answer, told(*events, left)))


def test_how_long_it_waits_is_the_businesss_choice() -> None:
    policy = Policy(erase_unconfirmed_after=5 * HOUR)
    assert Story(CREATED, DELETED, due_at=DELETED_AT, policy=policy).last.at == DELETED_AT + 5 * HOUR


def test_an_end_that_nobody_can_confirm_has_waited_for_its_days_already() -> None:
    assert erases(end().answer("unanswered"))


@pytest.mark.parametrize("begin", [deletion, end])
def test_a_question_that_is_never_answered_ends_all_the_same(begin: Callable[[], Story]) -> None:
    assert erases(begin().at_last())


@pytest.mark.parametrize("name", ["customer.updated", "customer.subscription.updated", "customer.subscription.created"])
def test_a_newer_event_of_the_customer_stops_an_unconfirmed_erasure(name: str) -> None:
    story = deletion()
    story.answer("unanswered")
    newer = sample(name, created=DELETED_AT + HOUR, event_id="evt_newer", status="active")
    story.books.apply(decide(newer, story.books))
    assert story.at_last().then == ()


def test_an_event_from_before_the_deletion_does_not_stop_it() -> None:
    story = deletion()
    story.books.apply(decide(sample("customer.updated", created=DELETED_AT - 1, event_id="evt_older"), story.books))
    assert erases(story.at_last())


def test_the_schedule_of_an_earlier_deletion_shortens_no_later_delay() -> None:
    story = deletion()
    story.answer("subscribed")
    again = sample("customer.deleted", created=DELETED_AT + 71 * HOUR, event_id="evt_again")
    story.books.apply(decide(again, story.books))
    assert story.at_last().then == ()


def test_the_answer_after_the_erasure_changes_nothing() -> None:
    story = deletion()
    story.books.records.clear()
    assert story.answer("gone").then == ()
    assert story.at_last().then == ()
