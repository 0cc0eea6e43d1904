"""The bus, the table and the access function say the same of a customer, after every event and under any rules."""

from collections.abc import Mapping, Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.consumer.decide.decide import decide
from shared.decisions.access_item import AccessItem
from shared.effects.announcement import Announcement
from shared.policy.plans import AccessRules
from shared.policy.plans_file import read_plans
from shared.policy.policy import Policy
from shared.stripe_objects.event import Event
from tests.access.support import Access
from tests.prove.stories import STORIES
from tests.support.books import BooksOf
from tests.support.samples import fired
from tests.support.story import DAY

PLANS = read_plans()
RULES: Mapping[str, AccessRules] = {
    "as Stripe": AccessRules(),
    "no grace": AccessRules(grace_days=0),
    "a week": AccessRules(grace_days=7),
    "no access while late": AccessRules(statuses=frozenset({"trialing", "active"})),
    "no trials": AccessRules(statuses=frozenset({"active", "past_due"})),
}
POLICIES = {
    name: Policy(plans=PLANS.model_copy(update={"access": rules}), mail_connected=True) for name, rules in RULES.items()
} | {"by metadata": Policy(plans=PLANS, reference_key="organization")}
SAID = ("access", "access_until", "status", "past_due", "trial_ends_at", "renews_at", "ends_at", "plan")


class Readers:
    """What three readers know of each customer: of the table, of the access function, and of the bus."""

    def __init__(self, policy: Policy) -> None:
        self.books = BooksOf(policy=policy)
        self.table: dict[str, AccessItem] = {}
        self.bus: dict[str, Announcement] = {}

    def hear(self, event: Event) -> None:
        decision = decide(event, self.books)
        self.books.apply(decision)
        for change in decision.access:
            if change.item:
                self.table[change.partition] = change.item
            else:
                del self.table[change.partition]
        for told in decision.then:
            if isinstance(told, Announcement) and told.record.endswith("/organization"):
                known = self.bus.get(told.record)
                assert known is None or told.version >= known.version
                self.bus[told.record] = told

    def disagreements(self) -> list[str]:
        return [f"{place}: {one}" for place, item in self.table.items() for one in self._disagreements(place, item)]

    def _disagreements(self, place: str, item: AccessItem) -> list[str]:
        told = self.bus.get(f"{place}/organization")
        if told is None or told.name == "organization.erased":
            return [] if item.status in {"none", "unknown"} else ["nothing announced"]
        function = Access()
        function.holds({"pk": place, "sk": "access", **item.model_dump(mode="json", exclude_none=True)})
        function.now = min(told.at, (item.access_until or told.at + 1) - 1)
        account = {} if item.account == "platform" else {"account": item.account}
        answer = function.ask(item.customer, **account).body
        table, bus = item.model_dump(), heard(told)
        return [
            f"{field}: table {table[field]!r}, function {answer[field]!r}, bus {bus[field]!r}"
            for field in (*SAID, "reference", "features", "limits")
            if not table[field] == bus[field] == (tuple(answer[field]) if field == "features" else answer[field])
        ]


def heard(told: Announcement) -> dict[str, Any]:
    """What an announcement says of its customer, in the fields of the item."""
    return {
        **{name: told.facts.get(name) for name in SAID},
        "reference": told.reference,
        "features": tuple(sorted(name[8:] for name in told.facts if name.startswith("feature_"))),
        "limits": {name[6:]: number for name, number in told.facts.items() if name.startswith("limit_")},
    }


def disagreements_after_each(events: Sequence[Event], policy: Policy) -> list[str]:
    readers = Readers(policy)
    found = []
    for event in events:
        readers.hear(event)
        found += [f"after {event.type} {event.id}: {one}" for one in readers.disagreements()]
    return found


@pytest.mark.parametrize("policy", POLICIES)
@pytest.mark.parametrize("story", STORIES)
def test_three_readers_of_a_story_know_the_same_after_each_event(story: str, policy: str) -> None:
    assert disagreements_after_each(STORIES[story].events, POLICIES[policy]) == []


@given(
    order=st.sampled_from(sorted(STORIES)).flatmap(lambda name: st.permutations(STORIES[name].events)),
    policy=st.sampled_from(sorted(POLICIES)),
)
def test_they_know_the_same_in_any_order_of_the_events(order: list[Event], policy: str) -> None:
    assert disagreements_after_each(order, POLICIES[policy]) == []


def test_new_rules_reach_every_reader_with_the_next_event_of_a_customer() -> None:
    readers = Readers(POLICIES["as Stripe"])
    events = STORIES["dunning"].events[:5]
    for event in events:
        readers.hear(event)
    readers.books.policy = POLICIES["no grace"]
    readers.hear(events[0].model_copy(update={"id": "evt_another", "created": events[-1].created + DAY}))
    (told,) = readers.bus.values()
    assert (told.name, told.facts["access"]) == ("organization.access_changed", False)
    assert readers.disagreements() == []


@pytest.mark.parametrize("story", STORIES)
def test_they_know_the_same_after_each_message_that_comes_due(story: str) -> None:
    readers = Readers(POLICIES["a week"])
    for event in STORIES[story].events:
        readers.hear(event)
    for reminder in sorted(readers.books.reminders.values(), key=lambda one: one.at):
        if reminder.type.startswith("reminder."):
            readers.hear(fired(reminder))
            assert readers.disagreements() == []


def test_readers_that_look_at_the_clock_are_right_if_the_end_of_grace_never_fires() -> None:
    late, fires = (Readers(POLICIES["a week"]) for _ in range(2))
    for event in STORIES["dunning"].events[:5]:
        late.hear(event)
        fires.hear(event)
    (reminder,) = (one for one in fires.books.reminders.values() if one.type == "reminder.grace_over")
    fires.hear(fired(reminder))
    answers = []
    for readers in (late, fires):
        (item,) = readers.table.values()
        function = Access()
        function.holds({"pk": "p", "sk": "access", **item.model_dump(mode="json", exclude_none=True)})
        function.now = reminder.at
        answers.append(function.ask(item.customer).body)
    assert [(one["allowed"], one["why"], one["status"]) for one in answers] == [(False, "ended", "past_due")] * 2
    (told,) = late.bus.values()
    assert told.facts["access_until"] == reminder.at
