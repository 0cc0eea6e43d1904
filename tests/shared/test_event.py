"""An event in a queue message is read in full, or refused without quoting it."""

import json

import pytest

from shared.failures.errors import Permanent
from shared.stripe_objects.event import read_event
from shared.values.platform import PLATFORM
from tests.support.samples import EVENTS, NAMES, sample

BARE = {"id": "evt_1", "type": "customer.created", "created": 1, "data": {"object": {"id": "cus_1"}}}


@pytest.mark.parametrize("name", NAMES)
def test_every_sample_event_is_read(name: str) -> None:
    original = json.loads((EVENTS / f"{name}.json").read_text())
    event = sample(name)
    assert (event.id, event.type, event.created) == (original["id"], original["type"], original["created"])
    assert event.account == original.get("account", PLATFORM)
    assert event.object == original["data"]["object"]


@pytest.mark.parametrize("nothing", [{}, {"account": None, "api_version": None}, {"account": ""}])
def test_an_event_that_names_no_account_is_the_platforms_own(nothing: dict[str, object]) -> None:
    assert read_event(json.dumps({**BARE, **nothing})).account == PLATFORM


@pytest.mark.parametrize(
    ("obj", "subject"),
    [
        ({"id": "in_1", "customer": "cus_1"}, "cus_1"),
        ({"id": "in_1", "customer": {"id": "cus_1", "object": "customer"}}, "cus_1"),
        ({"id": "cs_1", "customer": None}, "cs_1"),
        ({"id": "po_1"}, "po_1"),
        ({"object": "balance"}, "evt_1"),
        ({"id": 7, "customer": ["cus_1"]}, "evt_1"),
    ],
)
def test_an_event_belongs_to_its_customer_and_else_to_its_object_and_else_to_itself(
    obj: dict[str, object], subject: str
) -> None:
    assert read_event(json.dumps({**BARE, "data": {"object": obj}})).subject == subject


def test_half_a_character_in_a_field_that_nobody_reads_stops_no_event() -> None:
    obj = {"id": "cus_1", "description": "\ud83d", "list": ["\udc00 \U0001f600"], "\ud800": 1}
    event = read_event(json.dumps({**BARE, "data": {"object": obj}}))
    assert event.object == {"id": "cus_1", "description": "\ufffd", "list": ["\ufffd \U0001f600"], "\ufffd": 1}


@pytest.mark.parametrize(
    ("body", "where"),
    [
        ("4242 is no event", ""),
        ("[4242]", ""),
        (f'{{"id": {"[" * 100_000}', ""),
        ('{"id": "evt_4242"', ""),
        (json.dumps({**BARE, "id": ""}), "id"),
        (json.dumps({**BARE, "created": "4242 o'clock"}), "created"),
        (json.dumps({**BARE, "data": {"object": "4242"}}), "data.object"),
        (json.dumps({**BARE, "data": {"object": {}, "previous_attributes": "4242"}}), "data.previous_attributes"),
        (json.dumps({name: value for name, value in BARE.items() if name != "type"}), "type"),
    ],
)
def test_what_is_no_event_is_refused_by_the_name_of_its_field_alone(body: str, where: str) -> None:
    with pytest.raises(Permanent) as refused:
        read_event(body)
    assert refused.value.where == where
    assert "4242" not in str(refused.value)
