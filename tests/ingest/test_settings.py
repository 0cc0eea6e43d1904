"""A setting that is missing or wrong is named at start."""

from __future__ import annotations

import pytest

from functions.ingest.settings import Settings

ENVIRON = {
    "QUEUE_URL": "https://queue.example/events.fifo",
    "SECRET_ID": "signing-secrets",
    "MESSAGE_KEY_ID": "message-key",
    "AWS_REGION": "eu-central-1",
}


def test_events_are_grouped_by_account_unless_told_otherwise() -> None:
    assert Settings.from_environ(ENVIRON).group_by == "account"
    assert Settings.from_environ(ENVIRON | {"GROUP_BY": ""}).group_by == "account"
    assert Settings.from_environ(ENVIRON | {"GROUP_BY": "customer"}).group_by == "customer"


def test_the_stack_has_its_own_metrics() -> None:
    assert Settings.from_environ(ENVIRON | {"METRICS_NAMESPACE": "Billhook/dev"}).metrics_namespace == "Billhook/dev"


@pytest.mark.parametrize("name", ENVIRON)
@pytest.mark.parametrize("blank", [None, "", " "])
def test_a_missing_setting_is_named(name: str, blank: str | None) -> None:
    environ = {key: value for key, value in ENVIRON.items() if key != name}
    with pytest.raises(ValueError, match=name):
        Settings.from_environ(environ if blank is None else environ | {name: blank})


def test_an_invalid_setting_is_named_with_what_it_may_be() -> None:
    with pytest.raises(ValueError, match=r"GROUP_BY is 'tenant'\. Set it to account or customer"):
        Settings.from_environ(ENVIRON | {"GROUP_BY": "tenant"})
