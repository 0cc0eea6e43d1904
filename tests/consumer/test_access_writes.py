"""The commit writes the access item beside the record, and only if its content changes."""

from typing import Any

import pytest

from functions.consumer.consume import consume
from functions.consumer.decide.decide import decide, with_access
from functions.consumer.decide.recording_books import NotedBooks
from functions.consumer.message import read_message
from shared.decisions.decision import Decision
from shared.effects.erasure import Erase
from shared.policy.plans_file import read_plans
from shared.policy.policy import Policy
from shared.records.books import Books
from shared.records.organization import Organization
from shared.stripe_objects.event import Event
from tests.consumer.examples import sqs_record
from tests.consumer.world import World
from tests.support.books import BooksOf
from tests.support.samples import sample
from tests.support.stories import CUSTOMER, told

CHECKOUT = sample("checkout.session.completed.subscription")
BEGUN = sample("customer.subscription.created")
FAILED = sample("invoice.payment_failed")
LATE = sample("customer.subscription.updated")
ENDED = sample("customer.subscription.deleted")
ITEM = (f"platform#{CUSTOMER}", "access")
LISTED = ("reference#platform#org_fernhill", CUSTOMER)


def take(world: World, *events: Event) -> None:
    """Let the consumer decide on each event and commit it."""
    world.decide = decide
    for event in events:
        message = read_message(sqs_record(event.model_dump_json(), f"message of {event.id}"))
        assert consume(world.consumer, message).state in {"done", "committed"}


def access_items(world: World) -> dict[tuple[str, str], dict[str, Any]]:
    """The items of customers and references in the table, without those of Checkout sessions."""
    return {key: item for key, item in world.access().items() if not key[0].startswith("session#")}


@pytest.fixture(scope="module")
def engine() -> str:
    """moto alone: the engine's own rules are tested with the commit."""
    return "moto"


def test_an_app_reads_one_plain_item_and_finds_it_by_the_businesss_own_id(world: World) -> None:
    take(world, CHECKOUT, BEGUN)
    items = access_items(world)
    assert items.keys() == {ITEM, LISTED}
    assert (items[ITEM]["status"], items[ITEM]["access"], items[ITEM]["reference"]) == ("active", True, "org_fernhill")
    assert items[ITEM]["version"] == world.books(ITEM[0])["organization"]["version"]


def test_no_name_and_no_address_is_in_the_table(world: World) -> None:
    take(world, CHECKOUT, BEGUN, sample("customer.updated"))
    written = str(world.access())
    assert not [word for word in ("@", "Marlow", "Fernhill Studio") if word in written]


def test_an_event_that_changes_no_content_writes_no_item(world: World) -> None:
    take(world, CHECKOUT, BEGUN)
    before = world.access()
    take(world, sample("invoice.paid"), sample("customer.updated"))
    assert world.books(ITEM[0])["organization"]["version"] > before[ITEM]["version"]
    assert world.access() == before


def test_the_item_follows_from_payment_failed_to_the_end(world: World) -> None:
    seen = []
    for event in (CHECKOUT, BEGUN, FAILED, LATE, ENDED):
        take(world, event)
        seen.append((world.access()[ITEM]["status"], world.access()[ITEM].get("access")))
    assert seen == [("unknown", None), ("active", True), ("active", True), ("grace", True), ("ended", False)]


def test_a_new_reference_takes_the_place_of_the_old_one(world: World) -> None:
    other = sample(
        "checkout.session.completed.subscription",
        created=CHECKOUT.created + 60,
        event_id="evt_again",
        id="cs_again",
        client_reference_id="org_new",
    )
    take(world, CHECKOUT, BEGUN, other)
    assert access_items(world).keys() == {ITEM, ("reference#platform#org_new", CUSTOMER)}


def test_new_rules_change_the_item_with_the_customers_next_event() -> None:
    books = told(CHECKOUT, BEGUN)
    again = sample("customer.subscription.updated.renewal", event_id="evt_again")
    assert decide(again, books).access  # another period
    books.apply(decide(again, books))
    same = sample("customer.subscription.updated.renewal", event_id="evt_same")
    assert decide(same, books).access == ()
    books.policy = Policy(plans=read_plans(), reference_key="organization")
    (change,) = decide(same, books).access
    assert change.item
    assert change.item.policy == books.policy.access_fingerprint


def test_a_record_of_an_older_version_gets_its_item_with_the_next_event() -> None:
    books = told(CHECKOUT, BEGUN)
    key = (ITEM[0], "organization")
    books.records[key] = books.records[key].model_copy(update={"shown": None})
    (change,) = decide(FAILED, books).access
    assert change.item
    assert (change.item.access, change.item.reference, change.before) == (True, "org_fernhill", None)


def test_an_erasure_deletes_the_item_and_its_reference_with_the_record(world: World) -> None:
    take(world, CHECKOUT, BEGUN)
    version = world.books(ITEM[0])["organization"]["version"]

    def erase(event: Event, books: Books) -> Decision:
        noted = NotedBooks(books, event)
        noted.read(Organization, "platform", CUSTOMER)
        effect = Erase(account="platform", customer=CUSTOMER, as_of=event.created, version=version)
        return with_access(Decision(archive=False, then=(effect,)), event, noted)

    world.decide = erase
    assert world.consume("erasing", "evt_erase").state == "committed"
    assert "organization" not in world.books(ITEM[0])
    assert access_items(world) == {}


def test_a_customer_who_returns_after_an_erasure_has_a_higher_version() -> None:
    erased = Organization(account="platform", subject=CUSTOMER).after_erasure(1, 9)
    (change,) = decide(BEGUN, BooksOf(erased)).access
    assert change.item
    assert change.item.version == 10
