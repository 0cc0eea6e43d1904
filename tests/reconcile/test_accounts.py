"""Every connected account is walked on its own, from its first accepted event until it leaves."""

import json

from tests.reconcile.conftest import ACCOUNT, HOUR, OTHER, House, Lines
from tests.support.stripe_lists import PLATFORM, Refusal


def test_more_accounts_than_a_page_are_all_walked(house: House) -> None:
    accounts = [f"acct_{number}" for number in range(101)]
    for account in accounts:
        house.stripe.connect(account)
    house.begun()
    asked = {account for path, account, _ in house.stripe.requests if path == "/v1/events"}

    assert asked == {PLATFORM, *accounts}


def test_a_connected_accounts_events_are_offered_under_its_name(house: House) -> None:
    house.stripe.connect(ACCOUNT)
    house.begun(PLATFORM, ACCOUNT)
    house.happens(HOUR + 60, ACCOUNT)

    house.run()

    (message,) = house.messages()
    assert json.loads(message["Body"])["account"] == ACCOUNT
    assert message["Attributes"]["MessageGroupId"] == ACCOUNT


def test_an_account_none_of_whose_events_was_ever_accepted_is_left_alone(house: House) -> None:
    house.begun()
    house.happens(HOUR + 60, OTHER)

    house.run()

    assert house.offered() == []


def test_an_account_that_left_and_came_back_is_a_new_one(house: House) -> None:
    house.stripe.connect(ACCOUNT)
    house.begun(PLATFORM, ACCOUNT)
    house.stripe.disconnect(ACCOUNT)
    house.run()
    assert set(house.cursors()) == {PLATFORM}
    house.hours_pass(30)

    house.happens(20 * HOUR, ACCOUNT)
    house.run()

    assert house.offered() == []


def test_an_account_that_refuses_does_not_hold_up_the_others(house: House, lines: Lines) -> None:
    house.begun(PLATFORM, ACCOUNT, OTHER)
    house.stripe.refuses[ACCOUNT] = Refusal(403, "No access.", "account_invalid")
    house.happens(HOUR + 60, ACCOUNT)
    lost = house.happens(HOUR + 60, OTHER)

    house.run()

    assert house.offered() == [lost]
    assert [line["code"] for line in lines() if line.get("message") == "account refused"] == ["account_invalid"]


def test_a_key_that_may_not_list_accounts_walks_the_platform_and_says_so(house: House, lines: Lines) -> None:
    house.stripe.may_list_accounts = False
    house.begun()
    lost = house.happens(HOUR + 60)
    house.stripe.connect(ACCOUNT)

    house.run()

    assert house.offered() == [lost]
    assert "connected accounts are not walked: the key may not list them" in {line.get("message") for line in lines()}


def test_accounts_that_were_not_reached_come_first_next_time(house: House) -> None:
    house.begun(PLATFORM, ACCOUNT, OTHER)
    lost = {house.happens(HOUR + 60, ACCOUNT), house.happens(HOUR + 60, OTHER)}

    house.clock.left = [600, 600, 30]
    house.run()
    house.consume()
    house.hours_pass()
    house.clock.left = [600, 600, 30]
    house.run()

    assert set(house.offered()) == lost
