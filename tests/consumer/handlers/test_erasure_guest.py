"""erasure.guest_*: a guest's order has a date of erasure, or a person asks for it; late events bring nobody back."""

import pytest

from functions.consumer.decide.decide import decide
from shared.decisions.decision import Decision
from shared.effects.erasure import Erase, ErasedPayment
from shared.effects.remind import Remind, guest_erasure_at
from shared.policy.policy import Policy
from shared.records.order import Order
from shared.records.payment import Payment
from shared.stripe_objects.event import Event
from shared.values.platform import PLATFORM
from shared.values.times import DAY
from tests.support.books import BooksOf
from tests.support.samples import fired, sample
from tests.support.stories import told

GUEST = sample("checkout.session.completed", customer=None)
SESSION, PAID_BY = GUEST.object["id"], GUEST.object["payment_intent"]
DUE = GUEST.object["created"] + 180 * DAY
ABOUT_IT = {"payment_intent": PAID_BY, "customer": None}
REFUNDED = sample("charge.refunded", **ABOUT_IT)
DISPUTED = sample("charge.dispute.created", **ABOUT_IT)
ORDER = Order(account=PLATFORM, subject=SESSION, session_id=SESSION)


def due(books: BooksOf, at: int = DUE, type_: str = "erasure.guest_due") -> Decision:
    return decide(fired(Remind(type=type_, at=at, about=SESSION, account=PLATFORM, customer=SESSION)), books)


def test_a_guests_order_gets_a_date_once_and_a_customers_none() -> None:
    again = GUEST.model_copy(update={"id": "evt_again", "created": GUEST.created + 1})
    assert list(told(GUEST, again).reminders.values()) == [guest_erasure_at(DUE, PLATFORM, SESSION)]
    assert not told(sample("checkout.session.completed")).reminders
    assert not told(GUEST, policy=Policy(erase_guests_after=0)).reminders


@pytest.mark.parametrize("name", ["checkout.session.expired", "checkout.session.async_payment_failed"])
def test_so_does_an_order_that_was_never_paid(name: str) -> None:
    assert [one.type for one in told(sample(name, customer=None)).reminders.values()] == ["erasure.guest_due"]


def test_on_its_date_the_order_its_payment_and_its_charge_are_erased() -> None:
    books = told(GUEST, REFUNDED)
    paid = ErasedPayment(id=PAID_BY, version=2, charge=REFUNDED.object["id"])
    version = books.read(Order, PLATFORM, SESSION, SESSION).version
    assert due(books).then == (
        Erase(account=PLATFORM, customer=SESSION, as_of=DUE, version=version, guest=True, payments=(paid,)),
    )


def test_an_order_that_cost_nothing_has_no_payment_to_erase() -> None:
    free = sample("checkout.session.completed", customer=None, payment_intent=None)
    (erase,) = due(told(free)).then
    assert isinstance(erase, Erase)
    assert erase.payments == ()


def test_an_open_dispute_is_waited_for_week_by_week_and_not_for_ever() -> None:
    books = told(GUEST, DISPUTED)
    assert due(books).then == (guest_erasure_at(DUE + 7 * DAY, PLATFORM, SESSION),)
    assert isinstance(due(books, DUE + 16 * 7 * DAY).then[0], Erase)
    books.policy = Policy(erase_waits=False)
    assert isinstance(due(books).then[0], Erase)


def test_a_date_that_the_business_has_moved_is_kept_and_a_nearer_one_too() -> None:
    books = told(GUEST)
    books.policy = Policy(erase_guests_after=200 * DAY)
    assert due(books).then == (guest_erasure_at(DUE + 20 * DAY, PLATFORM, SESSION),)
    books.policy = Policy(erase_guests_after=90 * DAY)
    assert isinstance(due(books).then[0], Erase)
    books.policy = Policy(erase_guests_after=0)
    assert due(books).then == ()


def test_a_person_who_asks_is_not_made_to_wait() -> None:
    (erase,) = due(told(GUEST, DISPUTED), GUEST.created + 60, "erasure.guest_asked").then
    assert isinstance(erase, Erase)
    assert due(BooksOf(), type_="erasure.guest_asked").then == ()


def test_a_payment_of_a_customer_is_left_alone() -> None:
    books = told(GUEST, sample("payment_intent.succeeded", id=PAID_BY))
    assert books.read(Payment, PLATFORM, PAID_BY).customer
    (erase,) = due(books).then
    assert isinstance(erase, Erase)
    assert erase.payments == ()


LATE = [
    GUEST,
    sample("checkout.session.completed", customer=None, payment_intent=None),
    sample("checkout.session.async_payment_failed", customer=None, id=SESSION, payment_intent=PAID_BY),
    REFUNDED,
    DISPUTED,
]


@pytest.mark.parametrize("event", LATE, ids=lambda event: event.type)
def test_a_late_event_of_an_erased_guest_saves_and_archives_nothing_of_a_person(event: Event) -> None:
    erased = ORDER.model_copy(update={"erased_at": DUE}), Payment(account=PLATFORM, subject=PAID_BY, erased_at=DUE)
    decision = decide(event.model_copy(update={"created": DUE + 60}), BooksOf(*erased))
    assert not decision.archive
    kept = "".join(record.model_dump_json(exclude_defaults=True) for record in decision.save)
    assert not [word for word in (SESSION, "example.com", "Fernhill", "receipt") if word in kept]
    assert not [one for one in decision.then if one.kind == "remind" and one.type.startswith("erasure.")]
