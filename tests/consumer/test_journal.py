"""The journal of a decision lies beside the payload: code, policy, changes, and owed effects."""

import json
import tomllib
from typing import TYPE_CHECKING, Any

import pytest

from functions.consumer.decide.decide import decide
from shared.compression.packing import unpack
from shared.decisions.journal import Journal, read_journal
from shared.policy.plans_file import read_plans
from shared.policy.policy import Policy
from shared.runtime.version import VERSION
from tests.consumer.world import World
from tests.support.books import BooksOf
from tests.support.samples import EVENTS, sample
from tests.support.stories import told

if TYPE_CHECKING:
    from collections.abc import Mapping

CREATED = sample("customer.subscription.created")
ENDED = sample("customer.subscription.deleted")
PLACE = f"platform#{CREATED.object['customer']}/organization"


@pytest.fixture(scope="module")
def engine() -> str:
    return "moto"


def journal(*events: Any, policy: Policy | None = None) -> Journal:  # noqa: ANN401 - samples
    """The journal of the decision on the last of `events`."""
    *before, last = events
    known = told(*before)
    books = BooksOf(*known.records.values(), policy=policy or known.policy)
    found = decide(last, books).journal
    assert found is not None
    return found


def test_a_journal_says_what_changed_from_what_to_what() -> None:
    changed = journal(CREATED, ENDED).changed[PLACE]
    assert changed["access"] == (True, False)
    assert "past_due" not in changed


def test_a_journal_names_the_versions_that_were_saved() -> None:
    assert journal(CREATED).records == {PLACE: 1}
    assert journal(CREATED, ENDED).records == {PLACE: 2}


def test_a_journal_names_each_effect_by_its_key() -> None:
    effects = journal(CREATED, ENDED).effects
    assert [one.split()[:2] for one in effects] == [
        ["schedule", "farewell.due"],
        ["announce", f"{ENDED.id}:organization.access_revoked"],
    ]


def test_another_policy_has_another_fingerprint_and_the_same_one_has_it_again() -> None:
    policy = Policy(plans=read_plans(), off=frozenset({"receipt", "welcome"}))
    same = Policy(plans=read_plans(), off=frozenset({"welcome", "receipt"}))
    assert policy.fingerprint == same.fingerprint != Policy(plans=read_plans()).fingerprint
    assert journal(CREATED, policy=policy).policy == policy.fingerprint


def test_the_code_is_named_as_pyproject_has_it() -> None:
    project: Mapping[str, Any] = tomllib.loads((EVENTS.parent / "pyproject.toml").read_text())["project"]
    assert journal(CREATED).code == VERSION == project["version"]


def test_a_journal_lies_on_the_first_item_of_its_payload(world: World) -> None:
    world.decide = decide
    event = json.loads(CREATED.model_dump_json()) | {"account": None}
    world.consume(event_id=CREATED.id, **{name: value for name, value in event.items() if name != "id"})
    archived = [item for item in world.books(PLACE.partition("/")[0]).values() if "payload" in item]
    (found,) = map(read_journal, archived)
    assert found is not None
    assert (found.records, found.changed[PLACE]["access"][1]) == ({PLACE: 1}, True)


def test_a_journal_tells_no_name_and_no_address() -> None:
    text = unpack(journal(sample("customer.created"), CREATED, sample("invoice.paid")).packed())
    assert "example.com" not in text
    assert "Fernhill Studio" not in text
