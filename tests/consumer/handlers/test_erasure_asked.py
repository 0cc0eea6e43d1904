"""erasure.asked: a person's wish erases a customer without delay, and nobody who is subscribed or unknown."""

from functions.consumer.decide.decide import decide
from shared.decisions.decision import Decision
from shared.effects.announcement import Announcement
from shared.effects.erasure import Erase
from shared.effects.remind import Remind
from shared.records.organization import Organization
from shared.values.platform import PLATFORM
from tests.support.books import BooksOf
from tests.support.samples import fired, sample
from tests.support.stories import CUSTOMER, told

CREATED = sample("customer.subscription.created")
ENDED = sample("customer.subscription.deleted")
FAILED = sample("invoice.payment_failed")


def asked(books: BooksOf) -> Decision:
    at = ENDED.created + 60
    return decide(
        fired(Remind(type="erasure.asked", at=at, about=CUSTOMER, account=PLATFORM, customer=CUSTOMER)), books
    )


def test_a_customer_who_has_left_is_erased_at_once_and_announced() -> None:
    books = told(CREATED, ENDED)
    version = books.read(Organization, PLATFORM, CUSTOMER).overall_version
    erase, announced = asked(books).then
    assert erase == Erase(account=PLATFORM, customer=CUSTOMER, as_of=ENDED.created + 60, version=version)
    assert isinstance(announced, Announcement)
    assert announced.name == "organization.erased"


def test_so_is_a_customer_who_never_subscribed() -> None:
    assert isinstance(asked(told(sample("customer.created"))).then[0], Erase)


def test_open_money_is_not_waited_for() -> None:
    assert isinstance(asked(told(CREATED, FAILED, ENDED)).then[0], Erase)


def test_a_customer_who_is_subscribed_or_unknown_is_left_alone() -> None:
    assert asked(told(CREATED)).then == ()
    assert asked(BooksOf()).then == ()
