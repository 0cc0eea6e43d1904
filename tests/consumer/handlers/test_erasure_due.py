"""erasure.due: a customer who left is erased on the set day, unless the customer is back or money is still open."""

import pytest

from functions.consumer.decide.decide import decide
from shared.decisions.decision import Decision
from shared.effects.announcement import Announcement
from shared.effects.email import Email
from shared.effects.erasure import Erase
from shared.effects.observe import Observe
from shared.effects.remind import Remind, erasure_at
from shared.policy.policy import Policy
from shared.records.organization import Organization
from shared.stripe_objects.event import Event
from shared.values.platform import PLATFORM
from shared.values.times import DAY
from tests.support.books import BooksOf
from tests.support.samples import fired, sample
from tests.support.stories import CUSTOMER, answered, mails_once_due, told

BOUGHT = sample("customer.subscription.created")
ENDED = sample("customer.subscription.deleted")
OWED = sample("invoice.payment_failed")
WRITTEN_OFF = sample("invoice.marked_uncollectible")
A_MONTH_ON = ENDED.object["ended_at"] + 30 * DAY


def due(books: BooksOf, at: int = A_MONTH_ON, answer: str = "unsubscribed") -> Decision:
    """The decision when the erasure is due; if it asks Stripe, the decision on the answer."""
    decision = decide(fired(erasure_at(at, PLATFORM, CUSTOMER)), books)
    looks = [one for one in decision.then if isinstance(one, Observe) and one.object == "erasure"]
    return decide(answered(looks[0], answer, at), books) if looks else decision


def test_a_month_after_the_end_everything_is_erased_and_said_so() -> None:
    erase, told_so = due(told(BOUGHT, ENDED)).then

    assert erase == Erase(account=PLATFORM, customer=CUSTOMER, as_of=A_MONTH_ON, version=2)
    assert isinstance(told_so, Announcement)
    assert told_so.name == "organization.erased"


def test_an_open_invoice_is_waited_for_week_by_week_and_not_for_ever() -> None:
    books = told(BOUGHT, OWED, ENDED)

    again, told_so = due(books).then
    assert again == erasure_at(A_MONTH_ON + 7 * DAY, PLATFORM, CUSTOMER)
    assert isinstance(told_so, Email)
    assert told_so.template == "erasure_postponed"
    books.apply(decide(WRITTEN_OFF, books))
    assert isinstance(due(books, A_MONTH_ON + 7 * DAY).then[0], Erase)


def test_an_open_dispute_is_waited_for() -> None:
    paid, disputed = sample("payment_intent.succeeded.order"), sample("charge.dispute.created")
    assert isinstance(due(told(BOUGHT, paid, disputed, ENDED)).then[0], Remind)


def test_who_does_not_want_to_wait_does_not() -> None:
    books = told(BOUGHT, OWED, ENDED)
    books.policy = Policy(erase_waits=False)
    assert isinstance(due(books).then[0], Erase)


def test_who_is_back_is_not_erased() -> None:
    back = sample("customer.subscription.created", id="sub_back", created=ENDED.created + DAY, event_id="evt_back")
    assert due(told(BOUGHT, ENDED, back)).then == ()


def test_another_date_than_the_one_that_was_set_is_silent() -> None:
    assert due(told(BOUGHT, ENDED), A_MONTH_ON + DAY).then == ()


def test_a_customer_deleted_at_stripe_is_erased_before_the_subscriptions_end_arrives() -> None:
    deleted = sample("customer.deleted", created=ENDED.created + DAY)
    books = told(BOUGHT, deleted)
    assert not books.read(Organization, PLATFORM, CUSTOMER).access
    assert isinstance(due(books, deleted.created, "gone").then[0], Erase)


def test_one_deleted_at_stripe_is_erased_as_others_are_if_the_business_says_so() -> None:
    deleted = sample("customer.deleted", created=ENDED.created + DAY)
    books = told(BOUGHT, ENDED, deleted)
    books.policy = Policy(erase_deleted=False)
    assert due(books, deleted.created).then == ()
    assert isinstance(due(books).then[0], Erase)


def test_open_money_delays_the_erasure_by_sixteen_weeks_and_is_told_at_twelve() -> None:
    books = told(BOUGHT, OWED, ENDED)
    mails = [
        (week, effect.template, effect.data["erased_by"])
        for week in range(16)
        for effect in due(books, A_MONTH_ON + week * 7 * DAY).then
        if isinstance(effect, Email)
    ]
    last = A_MONTH_ON + 16 * 7 * DAY
    assert mails == [(0, "erasure_postponed", last), (12, "erasure_waits", last)]
    assert isinstance(due(books, last).then[0], Erase)


@pytest.mark.parametrize(("before", "day"), [((), A_MONTH_ON), ((OWED,), None)], ids=["settled", "open money"])
def test_a_farewell_names_no_day_that_may_not_be_kept(before: tuple[Event, ...], day: int | None) -> None:
    (mail,) = mails_once_due(told(BOUGHT, *before, sample("customer.created"), ENDED))[-1:]
    assert (mail.template, mail.data["erased_at"], mail.data["waits"]) == ("farewell", day, day is None)


def waits_for(*events: Event) -> bool:
    return isinstance(due(told(BOUGHT, ENDED, *events)).then[0], Remind)


def test_an_order_that_waits_for_its_money_is_waited_for() -> None:
    waiting = sample("checkout.session.completed.unpaid", customer=CUSTOMER)
    paid = sample("checkout.session.async_payment_succeeded", customer=CUSTOMER, id=waiting.object["id"])
    assert waits_for(waiting)
    assert not waits_for(waiting, paid)
    assert not waits_for(sample("checkout.session.expired", customer=CUSTOMER))


def test_a_refund_that_is_under_way_is_waited_for() -> None:
    pending = sample("charge.refund.updated", status="pending", customer=CUSTOMER)
    done = sample(
        "charge.refund.updated",
        status="succeeded",
        customer=CUSTOMER,
        created=pending.created + DAY,
        event_id="evt_done",
    )
    assert waits_for(pending)
    assert not waits_for(pending, done)
