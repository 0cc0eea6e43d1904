"""A sample's file has Stripe's form: its name, its id, its amounts; all mail is at example.com."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import get_args

import stripe

from tests.events.declared import fields
from tests.events.files import BEFORE_BASIL, EVENTS, each_file

MONEY = re.compile(r"((unit_)?amount(_(?!details|decimal|excluding)\w+)?|fee|net|(sub)?total|(\w+_)?balance)")


def everything_in(value: object, name: str = "") -> Iterator[tuple[str, object]]:
    """Every value at any depth, with the name it has."""
    yield name, value
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from everything_in(inner, key)
    elif isinstance(value, list):
        for inner in value:
            yield from everything_in(inner, name)


def as_stripe_orders(value: object) -> object:
    if isinstance(value, dict):
        first = [key for key in ("id", "object") if key in value]
        return {key: as_stripe_orders(value[key]) for key in first + sorted(value.keys() - set(first))}
    return [as_stripe_orders(inner) for inner in value] if isinstance(value, list) else value


@each_file
def test_a_file_is_written_the_way_stripe_shows_an_event(path: Path) -> None:
    text = path.read_text("utf-8")
    assert text == json.dumps(as_stripe_orders(json.loads(text)), indent=2, ensure_ascii=False) + "\n"


@each_file
def test_a_file_is_named_after_the_type_of_its_event_and_at_most_one_word_more(path: Path) -> None:
    event_type = json.loads(path.read_bytes())["type"]
    assert event_type in get_args(fields(stripe.Event)["type"])
    assert re.fullmatch(re.escape(event_type) + r"(\.[a-z_]+)?", path.stem)


def test_no_two_events_have_the_same_id() -> None:
    ids = [event["id"] for event in (*EVENTS.values(), *BEFORE_BASIL.values())]
    assert len(set(ids)) == len(ids)


@each_file
def test_every_mail_address_is_at_example_com(path: Path) -> None:
    addresses = re.findall(r"[\w.+-]+@[\w.-]+", path.read_text("utf-8"))
    assert {address.split("@")[1] for address in addresses} <= {"example.com"}


@each_file
def test_an_amount_is_a_whole_number_of_minor_units(path: Path) -> None:
    for name, value in everything_in(json.loads(path.read_bytes())):
        if MONEY.fullmatch(name):
            assert value is None or type(value) is int, name
