"""payout.*, account.updated and account.application.deauthorized: the mails to the holder of a connected account."""

import pytest

from functions.consumer.decide.decide import decide
from functions.consumer.handlers.account_updated import handle
from shared.decisions.decision import NOTHING
from shared.effects.email import Email
from shared.effects.erasure import Erase
from shared.records.connected_account import ConnectedAccount, PayoutRecord
from shared.stripe_objects.event import Event
from shared.values.platform import PLATFORM
from shared.values.times import DAY
from tests.support.books import BooksOf
from tests.support.samples import fired, sample
from tests.support.stories import CONNECTED, told

HOLDER = "owner@example.com"
UPDATED = sample("account.updated", settings={"payouts": {"schedule": {"interval": "weekly"}}})
COMING = sample("payout.created")
PAYOUT = COMING.object["id"]
FAILED = sample("payout.failed", id=PAYOUT)
LEFT = sample("account.application.deauthorized", account=CONNECTED)


def asked(later: int, **requirements: object) -> Event:
    """The account, some seconds later, with other requirements."""
    created = UPDATED.created + later
    return sample("account.updated", created=created, event_id=f"evt_{later}", requirements=requirements)


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
            "reverses": False,
        },
    )
    assert len(books.mails) == 2, "and that something is due"


def test_a_payout_may_fail_after_it_was_paid() -> None:
    books = told(UPDATED, COMING, sample("payout.paid"), FAILED)
    assert books.read(PayoutRecord, CONNECTED, PAYOUT).status == "failed"
    assert [mail.template for mail in books.mails.values()][1:] == ["payout_coming", "payout_failed"]


@pytest.mark.parametrize("since", ["payout.paid", "payout.failed", "payout.canceled"])
def test_what_has_arrived_or_never_will_is_not_announced_as_coming(since: str) -> None:
    assert "payout_coming" not in mailed(UPDATED, sample(since, id=PAYOUT), COMING)


def test_a_payout_that_is_paid_tells_nobody() -> None:
    assert mailed(UPDATED, sample("payout.paid")) == ["account_requirements"]


def test_a_payout_that_was_promised_and_is_canceled_is_told_once() -> None:
    canceled = sample("payout.canceled", id=PAYOUT)
    twin = canceled.model_copy(update={"id": "evt_twin", "created": canceled.created + 1})
    assert mailed(UPDATED, COMING, canceled, twin)[1:] == ["payout_coming", "payout_canceled"]


def test_a_payout_that_comes_every_day_by_itself_is_told_only_if_it_fails() -> None:
    daily = sample("account.updated", requirements={"currently_due": []})
    assert mailed(daily, COMING, sample("payout.canceled", id=PAYOUT, automatic=True)) == []
    assert mailed(daily, COMING, FAILED) == ["payout_failed"]
    assert mailed(daily, sample("payout.created", automatic=False)) == ["payout_coming"]


def test_whether_payouts_come_every_day_may_be_heard_after_the_payout() -> None:
    soon = COMING.created + 1
    daily = sample("account.updated", requirements={"currently_due": []}, created=soon)
    weekly = UPDATED.model_copy(update={"created": soon})
    assert mailed(COMING, daily) == []
    assert "payout_coming" in mailed(COMING, weekly)


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
    assert books.read(PayoutRecord, PLATFORM, PAYOUT).status == "failed"
    assert not books.mails


def test_payouts_of_test_money_tell_nobody() -> None:
    assert mailed(UPDATED, COMING.model_copy(update={"livemode": False})) == ["account_requirements"]


def test_a_holder_is_told_once_what_is_due_and_when() -> None:
    again = UPDATED.model_copy(update={"id": "evt_again", "created": UPDATED.created + DAY})
    (mail,) = told(UPDATED, again).mails.values()
    due, until = UPDATED.object["requirements"]["currently_due"], UPDATED.object["requirements"]["current_deadline"]
    assert mail.key.endswith(f":{UPDATED.created}"), "what is due again later is told again"
    assert (mail.to, mail.data["due_at"], mail.data["number"]) == (HOLDER, until, len(due))


def test_another_deadline_or_another_demand_is_told_again() -> None:
    until = UPDATED.object["requirements"]["current_deadline"]
    sooner, more = asked(1, current_deadline=until - DAY), asked(2, currently_due=["tos"])
    assert mailed(UPDATED, sooner, more) == ["account_requirements"] * 3


def test_a_list_that_only_shrinks_or_may_wait_longer_is_not_told() -> None:
    until = UPDATED.object["requirements"]["current_deadline"]
    two = asked(0, currently_due=["individual.id_number", "tos"])
    assert mailed(two, asked(1, currently_due=["tos"]), asked(2, currently_due=[])) == ["account_requirements"]
    assert mailed(UPDATED, asked(1, current_deadline=until + DAY)) == ["account_requirements"]


def test_what_is_due_again_after_it_was_handed_in_is_told_again() -> None:
    assert mailed(UPDATED, asked(1, currently_due=[]), asked(2)) == ["account_requirements"] * 2


def test_a_date_that_has_passed_is_not_named_and_a_mail_does_not_outlive_its_date() -> None:
    late = asked(0, current_deadline=UPDATED.created - 1)
    soon = asked(0, current_deadline=UPDATED.created + DAY)
    (mail,) = told(late).mails.values()
    assert (mail.data["due_at"], mail.data["overdue"]) == (None, True)
    (mail,) = told(soon).mails.values()
    assert (mail.data["due_at"], mail.expires) == (UPDATED.created + DAY, UPDATED.created + DAY)


def test_a_holder_is_told_that_it_is_overdue_and_what_that_stops() -> None:
    stopped = asked(1, past_due=["individual.verification.document"], disabled_reason="requirements.past_due")
    first, second = told(UPDATED, stopped).mails.values()
    assert (first.data["overdue"], first.data["stopped"]) == (False, False)
    assert (second.data["overdue"], second.data["stopped"]) == (True, True)


def test_who_is_rejected_is_asked_for_nothing_and_the_operator_is_told_each_time() -> None:
    rejected = asked(1, disabled_reason="rejected.fraud")
    twin = rejected.model_copy(update={"id": "evt_twin", "created": rejected.created + 1})
    let_in, again = asked(3, currently_due=[]), asked(4, disabled_reason="rejected.other")
    books = told(rejected, twin)
    (mail,) = books.mails.values()
    assert (mail.template, mail.audience, mail.data["reason"]) == ("account_rejected", "operator", "rejected.fraud")
    assert mailed(rejected, twin, let_in, again) == ["account_rejected"] * 2


def test_what_a_holder_was_asked_for_before_another_event_was_heard_is_not_told() -> None:
    assert mailed(asked(2, currently_due=[]), UPDATED) == []


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
        assert told(*order).read(ConnectedAccount, CONNECTED).is_authorized


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
