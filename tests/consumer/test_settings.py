"""A setting that is missing or wrong is named at start."""

import pytest
from pydantic import ValidationError

from functions.consumer.settings import policy_of, read_settings
from shared.values.times import DAY
from tests.consumer.tables import allowed_values, environment_of, property_of

ENVIRON = {
    "QUEUE_URL": "https://queue.example/events.fifo",
    "EFFECTS_QUEUE_URL": "https://queue.example/effects",
    "MAILS_QUEUE_URL": "https://queue.example/mails",
    "INBOX_TABLE": "inbox",
    "BOOKS_TABLE": "books",
    "TOMBSTONES_TABLE": "tombstones",
    "ACCESS_TABLE": "access",
    "TOKEN_KEY_ID": "token-key",
    "MESSAGE_KEY_ID": "message-key",
    "LIVEMODE": "true",
    "RETENTION_DAYS": "90",
    "LEASE_SECONDS": "45",
}
OPTIONAL = {
    "ENDPOINT_BINDING": "report",
    "ACCEPT_UNSIGNED_UNTIL": "",
    "MAILS_OFF": "",
    "MAIL_CONNECTED": "false",
    "TELL_CONNECTED": "false",
    "COLLECT_AFTER_END": "false",
    "MAIL_SEATS": "false",
    "MANAGE_URL": "",
    "ORDER_KEY": "",
    "REFERENCE_KEY": "",
    "ERASE_AFTER_DAYS": "30",
    "ERASE_DELETED": "true",
    "ERASE_UNCONFIRMED_AFTER_HOURS": "72",
    "ERASE_ACCOUNT_AFTER_DAYS": "30",
    "GUEST_ORDER_DAYS": "180",
    "ERASE_WAITS": "true",
    "EXPORT_LINK_HOURS": "72",
    "EXPORT_ADDRESS_AGE_DAYS": "7",
    "UPCOMING_INTERVALS": "year",
}


def test_what_the_template_gives_is_read() -> None:
    settings = read_settings(ENVIRON | {"PATH": "/usr/bin", "AWS_REGION": "eu-central-1"})
    assert (settings.inbox_table, settings.books_table, settings.tombstones_table) == ("inbox", "books", "tombstones")
    assert (settings.livemode, settings.retention_days, settings.lease_seconds) == (True, 90, 45)


def test_a_stack_handles_one_mode_or_both_as_the_template_allows() -> None:
    read = {mode: read_settings(ENVIRON | {"LIVEMODE": mode}).livemode for mode in allowed_values("Livemode")}
    assert read == {"true": True, "false": False, "any": None}


def test_the_template_gives_exactly_what_is_read() -> None:
    assert set(environment_of("ConsumerFunction")) == set(ENVIRON | OPTIONAL)


@pytest.mark.parametrize("name", ENVIRON)
def test_a_missing_setting_is_named(name: str) -> None:
    with pytest.raises(ValidationError, match=name.lower()):
        read_settings({key: value for key, value in ENVIRON.items() if key != name})


@pytest.mark.parametrize(
    ("name", "wrong"),
    [("LIVEMODE", "perhaps"), ("RETENTION_DAYS", "59"), ("LEASE_SECONDS", "soon")],
)
def test_a_wrong_setting_is_named(name: str, wrong: str) -> None:
    with pytest.raises(ValidationError, match=name.lower()):
        read_settings(ENVIRON | {name: wrong})


def test_what_is_not_set_up_is_off() -> None:
    settings = read_settings(ENVIRON)
    assert settings.order_key == ""
    assert not policy_of(settings).mail_connected


def test_the_business_decides_which_mails_are_sent() -> None:
    wanted = {"MAILS_OFF": "receipt, dispute_opened,", "MAIL_CONNECTED": "true", "ORDER_KEY": "order_id"}
    wanted |= {"TELL_CONNECTED": "true", "COLLECT_AFTER_END": "true", "MAIL_SEATS": "true"}
    wanted |= {"MANAGE_URL": "https://billing.example.com"}
    policy = policy_of(read_settings(ENVIRON | wanted))
    assert policy.off == {"receipt", "dispute_opened"}
    assert (policy.mail_connected, policy.order_key) == (True, "order_id")
    assert (policy.tell_connected, policy.collect_after_end, policy.mail_seats) == (True, True, True)
    assert policy.manage_url == "https://billing.example.com"


def test_the_days_until_a_new_address_gets_a_link_are_a_setting() -> None:
    ages = [policy_of(read_settings(ENVIRON | {"EXPORT_ADDRESS_AGE_DAYS": days})).export_address_age for days in "027"]
    assert ages == [0, 2 * DAY, policy_of(read_settings(ENVIRON)).export_address_age]


def test_a_mail_to_be_off_that_is_none_of_ours_is_named_with_those_there_are() -> None:
    with pytest.raises(ValueError, match=r"MAILS_OFF names invoice; there are .*receipt"):
        policy_of(read_settings(ENVIRON | {"MAILS_OFF": "receipt,invoice"}))


def test_the_lease_outlives_the_function_and_the_message_stays_away_for_longer() -> None:
    timeout = property_of("ConsumerFunction", "Timeout")
    lease = int(environment_of("ConsumerFunction")["LEASE_SECONDS"])
    visibility = property_of("EventsQueue", "VisibilityTimeout")
    assert timeout < lease < visibility
    assert visibility >= 6 * timeout  # as Lambda asks for
    assert property_of("EventsQueue", "RedrivePolicy")["maxReceiveCount"] == 100
