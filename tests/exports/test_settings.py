"""A setting that is missing is named at start."""

from __future__ import annotations

import pytest

from functions.exports.settings import Settings

ENVIRON = {"BUCKET": "acme-exports", "AWS_REGION": "eu-central-1"}


def test_the_bucket_and_its_region_are_read() -> None:
    assert Settings.from_environ(ENVIRON) == Settings(bucket="acme-exports", region="eu-central-1")


def test_the_stack_has_its_own_metrics() -> None:
    assert Settings.from_environ(ENVIRON | {"METRICS_NAMESPACE": "Billhook/dev"}).metrics_namespace == "Billhook/dev"


@pytest.mark.parametrize("name", ENVIRON)
@pytest.mark.parametrize("blank", [None, "", " "])
def test_a_missing_setting_is_named(name: str, blank: str | None) -> None:
    environ = {key: value for key, value in ENVIRON.items() if key != name}
    with pytest.raises(ValueError, match=name):
        Settings.from_environ(environ if blank is None else environ | {name: blank})
