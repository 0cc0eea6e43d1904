"""payout.*, account.updated and account.application.deauthorized: what the holder of a connected account hears."""

import pytest

from functions.consumer.decide import decide
from functions.consumer.handlers.account_updated import handle
from shared import keys
from shared.decision import NOTHING
from shared.effects import DAY, Email, Erase
from shared.event import PLATFORM, Event
from tests.support.books import BooksOf
from tests.support.samples import fired, sample
from tests.support.stories import CONNECTED, told

HOLDER = "owner@example.com"
UPDATED = sample("account.updated")
COMING = sample("payout.created")
PAYOUT = COMING.object["id"]
FAILED = sample("payout.failed", id=PAYOUT)
LEFT = sample("account.application.deauthorized", account=CONNECTED)


def mailed(*events: Event) -> list[str]:
    return [mail.template for mail in told(*events).mails.values()]


def test_the_holder_is_told_once_that_money_is_on_its_way_and_when_it_arrives() -> None:
    books = told(UPDATED, COMING, COMING.model_copy(update={"id": "evt_twin"}))
    mail = books.mails[f"{CONNECTED}#{CONNECTED}", f"payout_coming:{PAYOUT}"]
    assert mail == Email(
        template="payout_coming",
        to=HOLDER,
        partition=f"{CONNECTED}#{CONNECTED}",
        key=f"payout_coming:{PAYOUT}",
        expires=COMING.created + 3 * DAY,
        data={
            "name": UPDATED.object["business_profile"]["name"],
            "amount": 48250,
            "currency": COMING.object["currency"],
            "arrival_date": COMING.object["arrival_date"],
            "reason": None,
        },
    )
    assert len(books.mails) == 2, "and that something is due"


def test_a_payout_may_fail_after_it_was_paid() -> None:
    books = told(UPDATED, COMING, sample("payout.paid"), FAILED)
    assert books.payout(CONNECTED, PAYOUT).status == "failed"
    assert [mail.template for mail in books.mails.values()][1:] == ["payout_coming", "payout_failed"]


@pytest.mark.parametrize("since", ["payout.paid", "payout.failed", "payout.canceled"])
def test_what_has_arrived_or_never_will_is_not_announced_as_coming(since: str) -> None:
    assert "payout_coming" not in mailed(UPDATED, sample(since, id=PAYOUT), COMING)


def test_a_payout_that_is_paid_or_cancelled_tells_nobody() -> None:
    assert mailed(UPDATED, sample("payout.paid"), sample("payout.canceled")) == ["account_requirements"]


def test_a_mail_to_a_holder_whose_address_is_not_known_waits_for_it() -> None:
    late = UPDATED.model_copy(update={"created": COMING.created + DAY})
    assert mailed(COMING) == []
    books = told(COMING, late)
    assert {mail.template for mail in books.mails.values()} == {"payout_coming", "account_requirements"}
    assert {mail.to for mail in books.mails.values()} == {HOLDER}
    assert "payout_coming" not in mailed(COMING, UPDATED.model_copy(update={"created": COMING.created + 3 * DAY}))


def test_the_platforms_own_payouts_are_recorded_and_tell_nobody() -> None:
    own = COMING.model_copy(update={"account": PLATFORM})
    books = told(own, FAILED.model_copy(update={"account": PLATFORM}))
    assert books.payout(PLATFORM, PAYOUT).status == "failed"
    assert not books.mails


def test_payouts_of_test_money_tell_nobody() -> None:
    assert mailed(UPDATED, COMING.model_copy(update={"livemode": False})) == ["account_requirements"]


def test_a_holder_is_told_once_what_is_due_and_when() -> None:
    again = UPDATED.model_copy(update={"id": "evt_again", "created": UPDATED.created + DAY})
    (mail,) = told(UPDATED, again).mails.values()
    due, until = UPDATED.object["requirements"]["currently_due"], UPDATED.object["requirements"]["current_deadline"]
    assert mail.key == f"account_requirements:{keys.digest(*sorted(due), str(until))}"
    assert (mail.to, mail.data["due_at"], mail.data["number"]) == (HOLDER, until, len(due))


def test_another_deadline_or_another_demand_is_told_again() -> None:
    sooner = sample(
        "account.updated", created=UPDATED.created + 1, event_id="evt_2", requirements={"current_deadline": 1}
    )
    more = sample(
        "account.updated", created=UPDATED.created + 2, event_id="evt_3", requirements={"currently_due": ["tos"]}
    )
    assert mailed(UPDATED, sooner, more) == ["account_requirements"] * 3


@pytest.mark.parametrize(
    "state", [{"details_submitted": False}, {"requirements": {"currently_due": []}}], ids=["onboarding", "nothing due"]
)
def test_who_is_still_signing_up_or_owes_nothing_is_told_nothing(state: dict[str, object]) -> None:
    assert mailed(sample("account.updated", **state)) == []  # type: ignore[arg-type]


def test_the_platforms_own_account_is_its_own_business() -> None:
    assert handle(UPDATED.model_copy(update={"account": PLATFORM}), BooksOf()) == NOTHING


def test_an_account_that_has_left_is_told_nothing_more_nor_are_its_customers() -> None:
    later = sample("invoice.paid", account=CONNECTED, created=LEFT.created + 1)
    assert mailed(UPDATED, LEFT, COMING, FAILED, later) == ["account_requirements"]
    assert mailed(LEFT, UPDATED) == []


def test_an_account_that_is_heard_of_again_after_it_left_has_come_back() -> None:
    back = UPDATED.model_copy(update={"id": "evt_back", "created": LEFT.created + 1})
    for order in ((UPDATED, LEFT, back), (back, LEFT, UPDATED)):
        assert told(*order).connected(CONNECTED).ours


def test_leaving_is_announced() -> None:
    names = [one.name for one in told(UPDATED, LEFT).announcements.values()]
    assert names == ["account.deauthorized"]


def test_a_reminder_of_an_account_that_has_left_is_silent() -> None:
    failed = sample("invoice.payment_failed", account=CONNECTED)
    books = told(failed, LEFT)
    (reminder,) = (one for one in books.reminders.values() if one.type == "reminder.payment_failed")
    message = sample("invoice.payment_failed", account=CONNECTED).model_copy(
        update={
            "type": reminder.type,
            "created": reminder.at,
            "data": failed.data.model_copy(update={"object": {"id": reminder.about, "customer": reminder.customer}}),
        }
    )
    assert decide(message, books).then == ()


def test_an_account_that_has_left_is_erased_a_month_later() -> None:
    books = told(UPDATED, COMING, LEFT)
    (erasure,) = books.reminders.values()
    assert (erasure.type, erasure.at) == ("erasure.account_due", LEFT.created + 30 * DAY)

    (erase, *_) = decide(fired(erasure), books).then

    assert erase == Erase(account=CONNECTED, customer=CONNECTED, as_of=erasure.at, version=2)


def test_an_account_that_is_back_is_not_erased() -> None:
    back = UPDATED.model_copy(update={"id": "evt_back", "created": LEFT.created + 1})
    books = told(LEFT, back)
    (erasure,) = books.reminders.values()
    assert decide(fired(erasure), books).then == ()
