"""A setting that is missing or wrong is named at start."""

import pytest

from functions.reconcile.settings import Settings

ENVIRON = {
    "QUEUE_URL": "https://queue.example/events.fifo",
    "EFFECTS_QUEUE_URL": "https://queue.example/effects",
    "MAILS_QUEUE_URL": "https://queue.example/mails",
    "INBOX_TABLE": "inbox",
    "BOOKS_TABLE": "books",
    "STRIPE_KEY_ID": "stripe-api-key",
    "MESSAGE_KEY_ID": "message-key",
    "GROUP_BY": "customer",
    "LIVEMODE": "true",
}


def test_stripe_is_at_stripe_unless_a_test_says_otherwise() -> None:
    assert Settings.from_environ(ENVIRON).stripe_api is None
    assert Settings.from_environ(ENVIRON | {"STRIPE_API_BASE": "http://127.0.0.1:1"}).stripe_api == "http://127.0.0.1:1"


@pytest.mark.parametrize(("value", "livemode"), [("true", True), ("false", False), ("any", None)])
def test_a_stack_handles_one_mode_or_both(value: str, *, livemode: bool | None) -> None:
    assert Settings.from_environ(ENVIRON | {"LIVEMODE": value}).livemode is livemode


def test_the_stack_has_its_own_metrics() -> None:
    assert Settings.from_environ(ENVIRON | {"METRICS_NAMESPACE": "Billhook/dev"}).metrics_namespace == "Billhook/dev"


@pytest.mark.parametrize("name", ENVIRON)
def test_a_missing_setting_is_named(name: str) -> None:
    with pytest.raises(ValueError, match=name):
        Settings.from_environ({key: value for key, value in ENVIRON.items() if key != name})


@pytest.mark.parametrize(("name", "value"), [("GROUP_BY", "region"), ("LIVEMODE", "maybe")])
def test_a_wrong_setting_is_named(name: str, value: str) -> None:
    with pytest.raises(ValueError, match=name):
        Settings.from_environ(ENVIRON | {name: value})
