"""A setting that is missing or wrong is named at start."""

import pytest
from pydantic import ValidationError

from functions.effects.settings import policy_of, read_settings
from tests.consumer.tables import environment_of
from tests.effects.records import ARNS, URLS

ENVIRON = {
    "QUEUE_URL": "https://queue.example/events.fifo",
    "QUEUE_ARN": "arn:aws:sqs:eu-central-1:123456789012:events.fifo",
    "EFFECTS_QUEUE_URL": URLS["effects"],
    "EFFECTS_QUEUE_ARN": ARNS["effects"],
    "MAILS_QUEUE_URL": URLS["mails"],
    "MAILS_QUEUE_ARN": ARNS["mails"],
    "INBOX_TABLE": "inbox",
    "BOOKS_TABLE": "books",
    "TOMBSTONES_TABLE": "tombstones",
    "ACCESS_TABLE": "access",
    "SCHEDULE_GROUP": "billhook",
    "SCHEDULER_ROLE_ARN": "arn:aws:iam::123456789012:role/scheduler",
    "SCHEDULER_DLQ_ARN": "arn:aws:sqs:eu-central-1:123456789012:scheduler-dlq",
    "EVENT_BUS": "billhook",
    "EXPORTS_BUCKET": "exports",
    "EXPORTS_URL": "https://billhook.example/exports",
    "TOKEN_KEY_ID": "token-key",
    "STRIPE_KEY_ID": "stripe-api-key",
    "MESSAGE_KEY_ID": "message-key",
    "MAIL_SENDER": "billing@example.com",
    "BUSINESS_NAME": "Acme",
    "LIVEMODE": "true",
    "GROUP_BY": "account",
    "RETENTION_DAYS": "90",
    "LEASE_SECONDS": "75",
}
OPTIONAL = {"OPERATOR_ADDRESS": "ops@example.com", "MAILS_OFF": "", "MAIL_CONNECTED": "false"} | {
    "TELL_CONNECTED": "false",
    "COLLECT_AFTER_END": "false",
    "MANAGE_URL": "",
    "EXPORT_LINK_HOURS": "72",
    "ERASURES_PER_HOUR": "200",
}


def test_what_the_template_gives_is_read() -> None:
    settings = read_settings(ENVIRON | {"PATH": "/usr/bin", "AWS_REGION": "eu-central-1"})
    assert (settings.inbox_table, settings.mails_queue_arn) == ("inbox", ARNS["mails"])
    assert (settings.livemode, settings.retention_days, settings.lease_seconds) == (True, 90, 75)


def test_the_template_gives_exactly_what_is_read() -> None:
    assert set(environment_of("EffectsFunction")) == set(ENVIRON | OPTIONAL)


@pytest.mark.parametrize("name", ENVIRON)
def test_a_missing_setting_is_named(name: str) -> None:
    with pytest.raises(ValidationError, match=name.lower()):
        read_settings({key: value for key, value in ENVIRON.items() if key != name})


@pytest.mark.parametrize(
    ("name", "wrong"),
    [("LIVEMODE", "perhaps"), ("GROUP_BY", "tenant"), ("RETENTION_DAYS", "many"), ("LEASE_SECONDS", "soon")],
)
def test_a_wrong_setting_is_named(name: str, wrong: str) -> None:
    with pytest.raises(ValidationError, match=name.lower()):
        read_settings(ENVIRON | {name: wrong})


def test_what_is_not_set_up_is_off() -> None:
    settings = read_settings(ENVIRON)
    assert settings.operator_address == ""
    assert not policy_of(settings).mail_connected


def test_the_business_decides_which_mails_are_sent() -> None:
    policy = policy_of(read_settings(ENVIRON | {"MAILS_OFF": "receipt, dispute_opened,", "MAIL_CONNECTED": "true"}))
    assert policy.off == {"receipt", "dispute_opened"}
    assert policy.mail_connected


def test_a_mail_to_be_off_that_is_none_of_ours_is_named_with_those_there_are() -> None:
    with pytest.raises(ValueError, match=r"MAILS_OFF names invoice; there are .*receipt"):
        policy_of(read_settings(ENVIRON | {"MAILS_OFF": "receipt,invoice"}))
