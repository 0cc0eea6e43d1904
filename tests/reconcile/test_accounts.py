"""Each connected account is walked on its own, from its first accepted event until it leaves."""

import json

import pytest

from functions.reconcile.hourly import IN_A_ROW
from shared.failures.errors import Retryable
from tests.reconcile.conftest import ACCOUNT, HOUR, NOW, OTHER, Lines, System
from tests.support.stripe_lists import PLATFORM, Refusal

FAILS = Refusal(500, "Something went wrong.")
LIMITS = Refusal(429, "Too many requests.", "rate_limit")


def _asked(system: System) -> set[str]:
    """The accounts whose events were asked for."""
    return {account for path, account, _ in system.stripe.requests if path == "/v1/events"}


def test_more_accounts_than_a_page_are_all_walked(system: System) -> None:
    accounts = [f"acct_{number}" for number in range(101)]
    for account in accounts:
        system.stripe.connect(account)
    system.begun()

    assert _asked(system) == {PLATFORM, *accounts}


def test_a_connected_accounts_events_are_offered_under_its_name(system: System) -> None:
    system.stripe.connect(ACCOUNT)
    system.begun(PLATFORM, ACCOUNT)
    system.happens(HOUR + 60, ACCOUNT)

    system.run()

    (message,) = system.messages()
    assert json.loads(message["Body"])["account"] == ACCOUNT
    assert message["Attributes"]["MessageGroupId"] == ACCOUNT


def test_an_account_none_of_whose_events_was_ever_accepted_is_left_alone(system: System) -> None:
    system.begun()
    system.happens(HOUR + 60, OTHER)

    system.run()

    assert system.offered() == []


def test_an_account_that_left_and_came_back_is_a_new_one(system: System) -> None:
    system.stripe.connect(ACCOUNT)
    system.begun(PLATFORM, ACCOUNT)
    system.stripe.disconnect(ACCOUNT)
    system.run()
    assert set(system.cursors()) == {PLATFORM}
    system.hours_pass(30)

    system.happens(20 * HOUR, ACCOUNT)
    system.run()

    assert system.offered() == []


def test_an_account_that_refuses_does_not_hold_up_the_others(system: System, lines: Lines) -> None:
    system.begun(PLATFORM, ACCOUNT, OTHER)
    system.stripe.refuses[ACCOUNT] = Refusal(403, "No access.", "account_invalid")
    system.happens(HOUR + 60, ACCOUNT)
    lost = system.happens(HOUR + 60, OTHER)

    system.run()

    assert system.offered() == [lost]
    assert [line["code"] for line in lines() if line.get("message") == "account refused"] == ["account_invalid"]


def test_an_account_that_fails_each_hour_does_not_hold_up_the_others(system: System, lines: Lines) -> None:
    system.begun(PLATFORM, ACCOUNT, OTHER)
    system.stripe.refuses[ACCOUNT] = FAILS
    with pytest.raises(Retryable):
        system.run()
    system.hours_pass()
    assert system.cursors()[ACCOUNT] < system.cursors()[OTHER]  # from now on the account that fails comes first
    lost = system.happens(HOUR + 60, OTHER)
    lines()

    with pytest.raises(Retryable, match="stripe_500"):
        system.run()

    assert system.offered() == [lost]
    said = [(line["account"], line["code"]) for line in lines() if "account failed" in line.get("message", "")]
    assert said == [(ACCOUNT, "stripe_500")]


def test_after_several_failures_in_a_row_no_further_account_is_asked(system: System) -> None:
    for number in range(IN_A_ROW + 2):
        system.stripe.connect(f"acct_{number}")
        system.stripe.refuses[f"acct_{number}"] = LIMITS

    with pytest.raises(Retryable):
        system.run()

    assert len(_asked(system) - {PLATFORM}) == IN_A_ROW


def test_failures_that_are_not_in_a_row_stop_nothing(system: System) -> None:
    accounts = [f"acct_{number}" for number in range(2 * IN_A_ROW)]
    for number, account in enumerate(accounts):
        system.happens(int(1.5 * HOUR), account, accepted=True)
        item = {"pk": {"S": "reconcile"}, "sk": {"S": account}, "cursor": {"N": str(NOW - 2 * HOUR + number)}}
        system.dynamodb.put_item(TableName=system.books, Item=item)  # so that they are walked in this order
        if number % IN_A_ROW:
            system.stripe.refuses[account] = LIMITS

    with pytest.raises(Retryable):
        system.run()

    assert _asked(system) == {PLATFORM, *accounts}


def test_a_failure_is_told_even_if_the_time_runs_out_after_it(system: System) -> None:
    system.begun(ACCOUNT, OTHER)
    system.stripe.refuses = {ACCOUNT: LIMITS, OTHER: LIMITS}
    system.stripe.requests.clear()
    system.clock.left = [600, 600, 600, 30]

    with pytest.raises(Retryable):
        system.run()

    assert len(_asked(system) - {PLATFORM}) == 1


def test_a_key_that_may_not_list_accounts_walks_the_platform_and_says_so(system: System, lines: Lines) -> None:
    system.stripe.may_list_accounts = False
    system.begun()
    lost = system.happens(HOUR + 60)
    system.stripe.connect(ACCOUNT)

    system.run()

    assert system.offered() == [lost]
    assert "connected accounts are not walked: the key may not list them" in {line.get("message") for line in lines()}


def test_accounts_that_were_not_reached_come_first_next_time(system: System) -> None:
    system.begun(PLATFORM, ACCOUNT, OTHER)
    lost = {system.happens(HOUR + 60, ACCOUNT), system.happens(HOUR + 60, OTHER)}

    system.clock.left = [600, 600, 600, 30]
    system.run()
    system.consume()
    system.hours_pass()
    system.clock.left = [600, 600, 600, 30]
    system.run()

    assert set(system.offered()) == lost
