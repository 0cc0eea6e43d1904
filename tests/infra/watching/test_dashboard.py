"""The dashboard has every alarm, and fills the screen without gap or overlap."""

from tests.support import watching


def test_the_dashboard_has_all_alarms() -> None:
    (widget,) = (widget for widget in watching.widgets() if widget["type"] == "alarm")
    assert {name.removeprefix("alarm-") for name in widget["properties"]["alarms"]} == set(watching.alarms())


def test_no_widget_overlaps_another_and_none_leaves_the_screen() -> None:
    taken: set[tuple[int, int]] = set()
    for widget in watching.widgets():
        cells = {
            (x, y)
            for x in range(widget["x"], widget["x"] + widget["width"])
            for y in range(widget["y"], widget["y"] + widget["height"])
        }
        assert not taken & cells, widget["properties"]["title"]
        taken |= cells
    assert max(x for x, _ in taken) < 24
    assert taken == {(x, y) for x in range(24) for y in range(max(y for _, y in taken) + 1)}
