"""An export goes to no address that changed a short while ago: a leaked secret is enough to forge the change."""

from itertools import permutations

import pytest

from functions.consumer.decide.decide import decide
from shared.policy.policy import Policy
from shared.records.facets import Facet
from shared.records.organization import Organization
from shared.stripe_objects.accounts import Customer
from shared.stripe_objects.event import Event, read_event
from shared.values.platform import PLATFORM
from shared.values.times import DAY, HOUR
from tests.support.books import BooksOf
from tests.support.samples import sample
from tests.support.stories import CUSTOMER, mails_once_due, told

BEGUN = sample("customer.subscription.created")
ENDED = sample("customer.subscription.deleted")
END = ENDED.created
NOW = END + HOUR
"""When the farewell is due."""
THIEF = "thief@attacker.example"
SOMEBODY = sample("customer.created", created=END - 60 * DAY)


def says(email: str, created: int, *, event_id: str = "evt_address", arrived: int | None = None) -> Event:
    """A `customer.updated` that names an address and hides that it changed, as a forged one may."""
    event = sample("customer.updated", event_id=event_id, created=created, email=email, previous={})
    return event.model_copy(update={"arrived": created if arrived is None else arrived})


def farewell(books: BooksOf) -> tuple[bool, list[str]]:
    """Whether the farewell has a link, and what the operator hears."""
    mails = mails_once_due(books)
    (one,) = (mail for mail in mails if mail.template == "farewell")
    assert bool(one.data["export"]) == bool(books.exports), "a file without a link, or a link without a file"
    return bool(one.data["export"]), [mail.template for mail in mails if mail.audience == "operator"]


STOLEN = (SOMEBODY, BEGUN, says(THIEF, END - HOUR), ENDED)


def test_an_address_forged_before_a_forged_end_gets_no_export() -> None:
    assert farewell(told(*STOLEN)) == (False, ["export_withheld"])


def test_the_operator_hears_whose_address_changed_and_until_when_the_data_is_there() -> None:
    (mail,) = (one for one in mails_once_due(told(*STOLEN)) if one.template == "export_withheld")
    erased_at = ENDED.object["ended_at"] + 30 * DAY
    shown = {name: mail.data[name] for name in ("customer", "changed_at", "erased_at")}
    assert shown == {"customer": CUSTOMER, "changed_at": END - HOUR, "erased_at": erased_at}


def test_the_operator_hears_it_of_a_connected_account_too() -> None:
    events = [event.model_copy(update={"account": "acct_1"}) for event in STOLEN]
    books = told(*events, policy=Policy(tell_connected=False, mail_connected=True))
    assert farewell(books) == (False, ["export_withheld"])


def test_the_address_that_was_there_first_gets_a_link_however_new_it_is() -> None:
    new = sample("customer.created", created=END - HOUR)
    assert farewell(told(new, BEGUN, ENDED)) == (True, [])


@pytest.mark.parametrize(("days", "linked"), [(6, False), (8, True)])
def test_a_change_is_forgiven_after_a_week(days: int, *, linked: bool) -> None:
    changed = says("new@fernhill.example", NOW - days * DAY)
    assert farewell(told(SOMEBODY, changed, BEGUN, ENDED))[0] is linked


@pytest.mark.parametrize("age", [0, HOUR])
def test_the_business_decides_how_long_and_zero_switches_it_off(age: int) -> None:
    assert farewell(told(*STOLEN, policy=Policy(export_address_age=age))) == (True, [])


def test_links_that_are_switched_off_leave_no_file_and_the_operator_hears_of_it() -> None:
    books = told(SOMEBODY, BEGUN, ENDED, policy=Policy(export_links=False))
    assert farewell(books) == (False, ["export_withheld"])
    (mail,) = (one for one in books.mails.values() if one.template == "export_withheld")
    assert mail.data["changed_at"] is None


@pytest.mark.parametrize("linked", [True, False])
def test_no_file_is_written_for_a_customer_who_gets_no_mail(*, linked: bool) -> None:
    deleted = sample("customer.deleted", created=END)
    books = told(SOMEBODY, BEGUN, ENDED, deleted, policy=Policy(export_links=linked, erase_deleted=False))
    assert (mails_once_due(books), books.exports) == ([], [])


def test_news_that_repeat_the_new_address_do_not_make_it_newer() -> None:
    changed = says("new@fernhill.example", NOW - 20 * DAY)
    again = says("new@fernhill.example", END - 1, event_id="evt_again")
    assert farewell(told(SOMEBODY, changed, again, BEGUN, ENDED)) == (True, [])


def test_an_address_that_a_forged_event_dates_back_is_as_new_as_its_arrival() -> None:
    for created in (1, SOMEBODY.created + 1, END - 10 * DAY):
        forged = says(THIEF, created, arrived=END)
        assert farewell(told(SOMEBODY, BEGUN, forged, says(THIEF, END, event_id="evt_2"), ENDED)) == (
            False,
            ["export_withheld"],
        )


def test_an_event_that_stripe_had_to_repeat_keeps_its_time() -> None:
    late = says("new@fernhill.example", NOW - 8 * DAY, arrived=NOW - 5 * DAY)
    assert farewell(told(SOMEBODY, late, BEGUN, ENDED)) == (True, [])


def test_a_forged_invoice_cannot_age_an_address() -> None:
    invoice = sample(
        "invoice.paid", created=END - 2, customer_email=THIEF, status_transitions={"finalized_at": END - 90 * DAY}
    )
    assert farewell(told(SOMEBODY, BEGUN, invoice, says(THIEF, END - 1), ENDED))[0] is False


def test_a_former_address_that_comes_back_has_changed() -> None:
    own = str(SOMEBODY.object["email"])
    former = says("former@fernhill.example", END - 90 * DAY, event_id="evt_1")
    moved, back = says(own, END - 80 * DAY, event_id="evt_2"), says("former@fernhill.example", END - 9)
    assert farewell(told(former, moved, back, BEGUN, ENDED))[0] is False


def test_every_order_of_the_events_decides_alike() -> None:
    second = says("second@fernhill.example", END - 30 * DAY, event_id="evt_second")
    for events, expected in (
        ((SOMEBODY, second, says(THIEF, END - HOUR)), END - HOUR),
        ((SOMEBODY, second), END - 30 * DAY),
        ((SOMEBODY, second, says(str(SOMEBODY.object["email"]), END - 9)), END - 9),
        ((SOMEBODY,), None),
    ):
        found = {
            told(*order).read(Organization, PLATFORM, CUSTOMER).address_changed_at for order in permutations(events)
        }
        assert found == {expected}


def test_a_record_of_an_older_version_knows_its_address_from_before() -> None:
    customer = Customer(id=CUSTOMER, email="owner@fernhill.example")
    written = Organization.empty(PLATFORM, CUSTOMER).with_profile(customer, SOMEBODY)
    stored = written.model_dump_json(exclude={"addresses"}, exclude_defaults=True)
    older = Organization.model_validate_json(stored).model_copy(update={"version": 1})
    assert isinstance(older.profile, Facet)
    assert older.address_changed_at is None
    books = BooksOf(older)
    for event in (BEGUN, says(THIEF, END - HOUR), ENDED):
        books.apply(decide(event, books))
    assert farewell(books) == (False, ["export_withheld"])


def test_a_thousand_forged_addresses_do_not_grow_the_record() -> None:
    books = told(SOMEBODY, *(says(f"{number}@attacker.example", END - number) for number in range(1, 50)))
    addresses = books.read(Organization, PLATFORM, CUSTOMER).addresses
    assert (len(addresses.first), len(addresses.last)) == (8, 2)
    assert "@" not in addresses.model_dump_json()


def test_an_event_cannot_say_itself_when_it_arrived() -> None:
    event = read_event('{"id": "evt_1", "type": "x", "created": 5, "arrived": 1, "data": {"object": {}}}')
    assert event.arrived is None
    assert event.model_copy(update={"arrived": 5 + 9 * DAY}).heard_at == 5 + 6 * DAY
