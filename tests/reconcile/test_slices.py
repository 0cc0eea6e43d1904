"""A range of any length is read in slices, oldest first, each event once."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from functions.reconcile import slices
from tests.reconcile.conftest import HOUR, NOW, Lines, System


def test_more_than_a_page_and_more_than_a_slice_are_walked_oldest_first(
    system: System, lines: Lines, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(slices, "FULL", 150)
    system.begun()
    lost = [system.happens(2 * HOUR - 1 - at * 5) for at in range(260)]

    assert system.run()["healed"] == 260

    assert [line["event_id"] for line in lines() if line.get("message") == "healed"] == lost


@settings(max_examples=200, deadline=None)
@given(st.lists(st.integers(0, 400), max_size=40), st.integers(0, 400), st.integers(0, 400), st.integers(1, 7))
def test_slices_hold_each_event_of_their_range_once_and_in_order(
    created: list[int], since: int, until: int, full: int
) -> None:
    there: list[dict[str, Any]]
    there = [{"id": f"evt_{at}", "created": NOW + second} for at, second in enumerate(sorted(created))]

    def listed(first: int, last: int) -> Any:  # noqa: ANN401 - an iterator
        return iter([event for event in reversed(there) if first <= event["created"] <= last])

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(slices, "FULL", full)
        parts = list(slices.slices(listed, NOW + since, NOW + until))

    wanted = [event for event in there if NOW + since <= event["created"] <= NOW + until]
    assert [event for part in parts for event in part.events] == wanted
    for part in parts:
        assert len(part.events) <= full or len({event["created"] for event in part.events}) == 1
    assert [part.until for part in parts][-1:] == ([NOW + until] if since <= until else [])
