"""The way of one event through the consumer gets no longer, no deeper, and never climbs."""

import pytest

from bench.path import follow, main


@pytest.mark.parametrize(("event_type", "modules", "depth"), [("invoice.payment_failed", 61, 13)])
def test_an_event_passes_few_modules_and_no_call_climbs(event_type: str, modules: int, depth: int) -> None:
    way = follow(event_type)
    assert not way.climbs
    assert len(way.modules) <= modules
    assert len(way.deepest) <= depth


def test_the_way_is_printed_with_its_totals(capsys: pytest.CaptureFixture[str]) -> None:
    main()
    assert "0 climbs (goal 0)" in capsys.readouterr().out
