"""Within one second the winner follows from the content of the events, never from their arrival or their names."""

from itertools import pairwise, permutations

from shared.stripe_objects.event import Event
from tests.support.facets import SUBSCRIPTION, heard, told_of

ACTIVE = {**SUBSCRIPTION, "status": "active"}
PAST_DUE = {**SUBSCRIPTION, "status": "past_due"}
TAGGED = {**ACTIVE, "metadata": {"organization": "org_fernhill", "seats": "9"}}


def winners(*events: Event) -> set[str]:
    """The id of the winner, under every order of the events and with each of them twice."""
    facets = [heard(order) for order in permutations(events)] + [heard([*events, *events])]
    assert all(facet == facets[0] for facet in facets)
    return {one.event for one in facets[0].candidates if one.value is facets[0].value}


def test_an_update_wins_over_the_creation() -> None:
    assert winners(told_of(9, "created", 1, PAST_DUE), told_of(1, "updated", 1, ACTIVE)) == {"evt_01"}


def test_the_end_wins_over_every_update() -> None:
    ended = {**SUBSCRIPTION, "status": "canceled"}
    assert winners(told_of(9, "updated", 1, ACTIVE), told_of(1, "deleted", 1, ended)) == {"evt_01"}
    update = told_of(9, "updated", 1, ACTIVE, {"status": "past_due"})
    assert winners(update, told_of(1, "deleted", 1, PAST_DUE)) == {"evt_01"}, "even as another's past"


def test_a_later_second_wins_over_all_of_an_earlier_one() -> None:
    assert winners(told_of(9, "deleted", 1, PAST_DUE), told_of(1, "created", 2, ACTIVE)) == {"evt_01"}


def test_the_update_that_is_no_others_past_wins() -> None:
    first = told_of(9, "updated", 1, PAST_DUE, {"status": "trialing"})
    then = told_of(5, "updated", 1, ACTIVE, {"status": "past_due"})
    assert winners(first, then) == {"evt_05"}


def test_a_metadata_key_that_was_added_leads_back_to_the_object_without_it() -> None:
    first = told_of(9, "updated", 1, ACTIVE, {"status": "past_due"})
    then = told_of(1, "updated", 1, TAGGED, {"metadata": {"seats": None}})
    assert winners(first, then) == {"evt_01"}


def test_a_metadata_key_that_was_removed_leads_back_to_the_object_with_it() -> None:
    first = told_of(9, "updated", 1, TAGGED, {"status": "past_due"})
    then = told_of(1, "updated", 1, ACTIVE, {"metadata": {"seats": "9"}})
    assert winners(first, then) == {"evt_01"}


def test_a_whole_chain_of_updates_leads_to_its_end() -> None:
    states = [{**ACTIVE, "status": status} for status in ("incomplete", "active", "past_due", "unpaid", "active")]
    states[-1] = {**states[-1], "latest_invoice": "in_next"}
    chain = [
        told_of(9 - number, "updated", 1, now, {key: before.get(key) for key in ("status", "latest_invoice")})
        for number, (before, now) in enumerate(pairwise(states))
    ]
    assert winners(*chain) == {"evt_06"}


def test_three_events_for_one_change_count_as_one() -> None:
    triplets = [told_of(number, "updated", 1, ACTIVE, {"status": "past_due"}) for number in (3, 1, 2)]
    assert winners(*triplets) == {"evt_01"}
    assert len(heard(triplets).candidates) == 1


def test_events_of_different_verbs_with_one_object_agree_on_it() -> None:
    told = [
        told_of(1, "resumed", 1, ACTIVE),
        told_of(2, "updated", 1, ACTIVE, {"status": "paused"}),
        told_of(3, "created", 1, ACTIVE),
    ]
    assert heard(told).value.status == "active"
    assert len(winners(*told)) == 1


def test_a_tie_goes_to_the_state_further_along_and_then_to_the_later_id() -> None:
    assert winners(told_of(9, "updated", 1, ACTIVE), told_of(1, "updated", 1, PAST_DUE)) == {"evt_01"}
    seats = {**ACTIVE, "metadata": {"seats": "9"}}
    assert winners(told_of(9, "updated", 1, ACTIVE), told_of(1, "updated", 1, seats)) == {"evt_09"}


def test_a_change_and_its_undoing_in_one_second_cannot_be_told_apart_but_converge() -> None:
    there = told_of(1, "updated", 1, PAST_DUE, {"status": "active"})
    back = told_of(2, "updated", 1, ACTIVE, {"status": "past_due"})
    assert len(winners(there, back)) == 1
