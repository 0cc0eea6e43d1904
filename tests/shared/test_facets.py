"""A facet is a function of the set of events about its object: order and repetition do not matter."""

from collections.abc import Mapping, Sequence
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from shared.records.facets import Facet, merge
from shared.stripe_objects.event import Event
from shared.stripe_objects.objects import read
from shared.stripe_objects.subscriptions import Subscription
from tests.support.facets import SUBSCRIPTION, heard, told_of

LIVING = ("incomplete", "trialing", "active", "past_due", "paused", "unpaid")
FINAL = ("canceled", "incomplete_expired")

# No deadline: on a busy machine one example may take long through no fault of the code.
few = settings(max_examples=150, deadline=None)


changes = st.fixed_dictionaries(
    {},
    optional={
        "status": st.sampled_from(LIVING),
        "cancel_at": st.none() | st.integers(1, 3),
        "metadata": st.dictionaries(st.sampled_from("ab"), st.sampled_from("xy")),
        "cancellation_details": st.fixed_dictionaries({"reason": st.none() | st.just("payment_failed")}),
    },
)


def previous_attributes(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, Any]:
    """What Stripe says has changed: hash within hash, and null for a key that was not there."""
    return {
        key: previous_attributes(before[key], after[key])
        if isinstance(before.get(key), Mapping) and isinstance(after.get(key), Mapping)
        else before.get(key)
        for key in {**before, **after}
        if before.get(key) != after.get(key)
    }


@st.composite
def lives(draw: st.DrawFn) -> list[Event]:
    """The events of one subscription from birth on, in the order of what happened; the ids tell nothing of it."""
    numbers = draw(st.permutations(range(12)))
    steps = draw(st.lists(st.tuples(st.integers(0, 1), changes), min_size=1, max_size=5))
    second, now = 100, {**SUBSCRIPTION, "status": "incomplete", "latest_invoice": "in_0"}
    told = [told_of(numbers[0], "created", second, now)]
    for number, (later, change) in enumerate(steps, start=1):
        # An object that is again exactly as it was earlier in its second would tell nothing of the way there.
        before, now = now, {**now, **change, "latest_invoice": f"in_{number}"}
        second += later
        told.append(told_of(numbers[number], "updated", second, now, previous_attributes(before, now)))
    if draw(st.booleans()):
        told.append(told_of(numbers[-1], "deleted", second, {**now, "status": "canceled", "latest_invoice": None}))
    return told


@st.composite
def any_events(draw: st.DrawFn) -> list[Event]:
    """Events that need not make sense together: equal objects under many ids, verbs and pasts, all in two seconds."""
    return [
        told_of(
            number,
            draw(st.sampled_from(["created", "updated", "paused", "deleted"])),
            draw(st.sampled_from([100, 101])),
            {**SUBSCRIPTION, "status": draw(st.sampled_from(("active", "past_due", *FINAL)))},
            draw(st.sampled_from([None, {"status": "active"}, {"status": "past_due"}, {"status": "canceled"}])),
        )
        for number in range(draw(st.integers(1, 6)))
    ]


def shuffled(events: Sequence[Event]) -> st.SearchStrategy[list[Event]]:
    """The same events in another order, each of them once or more often."""
    return st.lists(st.sampled_from(events), max_size=6).flatmap(lambda again: st.permutations([*events, *again]))


@few
@given(st.data())
def test_any_order_with_any_repetition_ends_in_the_same_facet(data: st.DataObject) -> None:
    events = data.draw(any_events())
    assert heard(data.draw(shuffled(events))) == heard(events)


@few
@given(st.data())
def test_whatever_the_order_the_last_that_happened_wins(data: st.DataObject) -> None:
    life = data.draw(lives())
    assert heard(data.draw(shuffled(life))).value == read(Subscription, life[-1].object)


@few
@given(st.data())
def test_a_facet_read_back_goes_on_as_if_it_had_never_been_stored(data: st.DataObject) -> None:
    events = data.draw(shuffled(data.draw(any_events())))
    cut = data.draw(st.integers(1, len(events)))
    stored = heard(events[:cut]).model_dump_json(exclude_defaults=True)
    facet = Facet[Subscription].model_validate_json(stored)
    for one in events[cut:]:
        facet = merge(facet, one, read(Subscription, one.object))
    assert facet == heard(events)


@few
@given(st.data())
def test_a_terminal_status_wins_its_second_whatever_else_is_told_in_it(data: st.DataObject) -> None:
    status = data.draw(st.sampled_from(FINAL))
    end = told_of(90, "updated", 101, {**SUBSCRIPTION, "status": status}, {"status": "active"})
    others = [one for one in data.draw(any_events()) if one.object["status"] not in FINAL]
    assert heard(data.draw(shuffled([*others, end]))).value.status == status
