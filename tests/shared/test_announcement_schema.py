"""The schema of the announcements is a contract: what Billhook publishes keeps to it, and nothing in it goes away."""

import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest

from cli.samples.announced import FAMILIES
from cli.samples.announced_schema import DOCUMENT, schema
from cli.samples.announced_types import PYTHON, TYPESCRIPT, python, typescript
from functions.effects.perform.announcer import Bus
from shared.effects.announcement import Announcement
from tests.prove.stories import STORIES
from tests.shared.test_access_schema import breaks
from tests.support.json_schema import mistakes
from tests.support.order_lines import PAID, WITH_LINES, answered
from tests.support.stories import ROUTED, told

FROZEN = Path(__file__).parent / "announcements.v1.frozen.json"
"""The schema as consumers first got it; it is never rewritten."""
EXAMPLES = json.loads((DOCUMENT.parent / "announcements.examples.json").read_text())
SCHEMA = json.loads(schema())
TYPES = {name: family for family in FAMILIES for name in family.types}

type Json = dict[str, Any]


class Heard:
    """In place of EventBridge: keeps what is put on the bus."""

    def __init__(self) -> None:
        self.entries: list[Json] = []

    def put_events(self, Entries: list[Json]) -> Json:  # noqa: N803 - the name in boto3
        self.entries += Entries
        return {"FailedEntryCount": 0, "Entries": []}


def published(announcements: Iterable[Announcement]) -> list[Json]:
    """The events that listeners get."""
    heard = Heard()
    Bus(heard, "billhook").publish(list(announcements))  # type: ignore[arg-type] # all that it calls
    return [
        {"source": one["Source"], "detail-type": one["DetailType"], "detail": json.loads(one["Detail"])}
        for one in heard.entries
    ]


def wrong(event: Json) -> Iterator[str]:
    """What is not as the schema says, and each fact that the schema does not name."""
    yield from mistakes(event, SCHEMA, SCHEMA)
    family = TYPES[event["detail-type"]]
    facts = event["detail"]["facts"]
    unnamed = facts.keys() - family.facts.keys()
    yield from (name for name in unnamed if not name.startswith(tuple(family.prefixes)) or not family.prefixes)


@pytest.mark.parametrize("story", STORIES)
def test_what_a_story_publishes_is_as_the_schema_says(story: str) -> None:
    events = published(told(*STORIES[story].events).announcements.values())
    assert [said for event in events for said in wrong(event)] == []


@pytest.mark.parametrize("event", ROUTED, ids=lambda event: event.id)
def test_what_a_sample_publishes_first_of_all_is_as_the_schema_says(event: Any) -> None:  # noqa: ANN401 - an event
    events = published(told(event).announcements.values())
    assert [said for one in events for said in wrong(one)] == []


def test_what_was_bought_is_published_as_the_schema_says() -> None:
    events = published(told(PAID, answered(PAID, more=True), policy=WITH_LINES).announcements.values())
    assert [said for event in events for said in wrong(event)] == []
    (known,) = (event for event in events if event["detail-type"] == "order.lines_known")
    assert known["detail"]["facts"]["more_lines"] is True
    known["detail"]["lines"][1] |= {"quantity": "one"}
    assert list(wrong(known))


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda one: one["detail-type"])
def test_an_example_is_as_the_schema_says(example: Json) -> None:
    assert list(wrong(example)) == []


def test_each_detail_type_has_its_example() -> None:
    assert [one["detail-type"] for one in EXAMPLES] == list(TYPES)


def test_a_detail_that_is_not_as_the_schema_says_is_found() -> None:
    granted = next(one for one in EXAMPLES if one["detail-type"] == "organization.access_granted")
    detail = granted["detail"]
    for broken in (
        {**detail, "version": "2"},
        {**detail, "facts": {**detail["facts"], "status": "great"}},
        {**detail, "facts": {**detail["facts"], "limit_seats": "five"}},
        {**detail, "facts": {**detail["facts"], "mood": "good"}},
        {name: value for name, value in detail.items() if name != "record"},
    ):
        assert list(wrong({**granted, "detail": broken}))


def test_the_documented_schema_and_the_types_are_those_of_the_code() -> None:
    for path, text in ((DOCUMENT, schema()), (PYTHON, python()), (TYPESCRIPT, typescript())):
        assert path.read_text() == text, "run `make wrap`"


def broken_for_readers(old: Json, new: Json) -> list[str]:
    """What a consumer of the schema `old` would miss in `new`."""
    gone = [name for name in old["$defs"] if name not in new["$defs"]]
    kept = [name for name in old["$defs"] if name not in gone]
    at = {name: {"$ref": f"#/$defs/{name}"} for name in kept}
    changed = [one for name in kept for one in breaks({**old, **at[name]}, {**new, **at[name]})]
    needed = [
        f"{name}.{field} may be missing"
        for name in kept
        for field in set(old["$defs"][name].get("required", ())) - set(new["$defs"][name].get("required", ()))
    ]
    return [*gone, *changed, *needed]


def test_nothing_that_a_consumer_relies_on_is_gone_or_of_another_type() -> None:
    assert broken_for_readers(json.loads(FROZEN.read_text()), SCHEMA) == []


def test_a_detail_type_or_a_fact_that_goes_away_breaks_consumers() -> None:
    old = json.loads(FROZEN.read_text())
    for name, place in (("order.failed", ()), ("access_until", ("OrganizationFacts", "properties")), ("limit_", ())):
        new = json.loads(FROZEN.read_text().replace(f'"^{name}"', '"^other_"'))
        inner = new["$defs"]
        for step in place:
            inner = inner[step]
        inner.pop(name, None)
        assert broken_for_readers(old, new)
    optional = json.loads(FROZEN.read_text())
    optional["$defs"]["OrganizationFacts"]["required"].remove("status")
    assert broken_for_readers(old, optional)
