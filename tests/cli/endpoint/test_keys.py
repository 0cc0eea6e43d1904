"""The API key comes from the environment, and neither it nor a signing secret is ever printed."""

from functools import partial

import pytest
import stripe

from tests.cli.endpoint.endpoint_command import OLDER, EndpointCommand
from tests.cli.stripe_api import KEY


@pytest.mark.parametrize("key", [None, " ", "pk_test_publishable", "sk_org_live_1", "whsec_1"])
def test_without_an_api_key_it_says_where_to_put_one(
    command: EndpointCommand, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], key: str | None
) -> None:
    monkeypatch.setenv("STRIPE_API_KEY", key or "")
    if key is None:
        monkeypatch.delenv("STRIPE_API_KEY")
    assert command.run() == 1
    complaint = capsys.readouterr().err
    assert "STRIPE_API_KEY" in complaint
    assert key is None or key == " " or key not in complaint
    assert command.api.requests == []


def test_a_live_key_is_announced(
    command: EndpointCommand, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("STRIPE_API_KEY", "rk_live_abc")
    command.run()
    assert capsys.readouterr().out.startswith("live mode, ")


def test_a_key_that_stripe_does_not_know_is_said_to_be_so(
    command: EndpointCommand, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("STRIPE_API_KEY", "sk_test_unknown")
    assert command.run() == 1
    assert capsys.readouterr().err == (
        "not done: Stripe answered 401: Request req_1: Invalid API Key provided: rk_test_*********ints\n"
    )


def test_the_secret_and_the_key_are_never_printed(command: EndpointCommand, capfd: pytest.CaptureFixture[str]) -> None:
    command.run("--api-version", OLDER)
    command.run("--dry-run")
    command.run()
    command.store({"direct": None})
    command.api.garble("POST")
    command.run()
    command.api.mend()
    command.store({"direct": None})
    command.api.fail("DELETE", 500, f"Cannot delete what {KEY} made.")
    command.api.after_create = partial(command.manager.delete_secret, SecretId=command.secret_id)
    assert command.run() == 1
    printed = "".join(capfd.readouterr())
    assert "whsec_…" in printed, "an answer was garbled, and its text shown"
    assert [secret for secret in [*command.api.secrets.values(), KEY] if secret in printed] == []


def test_not_even_the_sdks_debug_log_prints_them(
    command: EndpointCommand, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("STRIPE_LOG", "debug")
    monkeypatch.setattr(stripe._util, "STRIPE_LOG", "debug")  # noqa: SLF001 - where the SDK keeps it
    monkeypatch.setattr(stripe, "log", None)
    command.run()
    printed = "".join(capfd.readouterr())
    assert "Stripe API response" in printed
    assert [secret for secret in [*command.api.secrets.values(), KEY] if secret in printed] == []
