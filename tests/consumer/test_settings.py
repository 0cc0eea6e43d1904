"""A setting that is missing or wrong is named at start."""

import pytest
from pydantic import ValidationError

from functions.consumer.settings import read_settings
from tests.consumer.tables import environment_of

ENVIRON = {
    "QUEUE_URL": "https://queue.example/events.fifo",
    "QUEUE_ARN": "arn:aws:sqs:eu-central-1:123456789012:events.fifo",
    "INBOX_TABLE": "inbox",
    "BOOKS_TABLE": "books",
    "SCHEDULE_GROUP": "billhook",
    "SCHEDULER_ROLE_ARN": "arn:aws:iam::123456789012:role/scheduler",
    "SCHEDULER_DLQ_ARN": "arn:aws:sqs:eu-central-1:123456789012:scheduler-dlq",
    "MAIL_SENDER": "billing@example.com",
    "BUSINESS_NAME": "Acme",
    "LIVEMODE": "true",
    "GROUP_BY": "account",
    "RETENTION_DAYS": "90",
    "LEASE_SECONDS": "45",
}


def test_what_the_template_gives_is_read() -> None:
    settings = read_settings(ENVIRON | {"PATH": "/usr/bin", "AWS_REGION": "eu-central-1"})
    assert (settings.inbox_table, settings.books_table) == ("inbox", "books")
    assert (settings.livemode, settings.retention_days, settings.lease_seconds) == (True, 90, 45)


def test_the_template_gives_exactly_what_is_read() -> None:
    assert set(environment_of("ConsumerFunction")) == set(ENVIRON)


@pytest.mark.parametrize("name", ENVIRON)
def test_a_missing_setting_is_named(name: str) -> None:
    with pytest.raises(ValidationError, match=name.lower()):
        read_settings({key: value for key, value in ENVIRON.items() if key != name})


@pytest.mark.parametrize(
    ("name", "wrong"),
    [("LIVEMODE", "perhaps"), ("GROUP_BY", "tenant"), ("RETENTION_DAYS", "59"), ("LEASE_SECONDS", "soon")],
)
def test_a_wrong_setting_is_named(name: str, wrong: str) -> None:
    with pytest.raises(ValidationError, match=name.lower()):
        read_settings(ENVIRON | {name: wrong})
