"""Each refusal is reported in one line, and a key is never shown."""

import pytest

from tests.cli.reconcile.reconcile_command import ReconcileCommand


@pytest.mark.parametrize(
    ("key", "why"),
    [
        ("", "set STRIPE_API_KEY"),
        ("whsec_1", "set STRIPE_API_KEY"),
        ("rk_live_1", "STRIPE_API_KEY is for live mode, but billhook has Livemode=false"),
        ("rk_test_revoked", "Stripe refuses"),
    ],
)
def test_a_key_that_will_not_do_is_named_and_not_shown(
    command: ReconcileCommand, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], key: str, why: str
) -> None:
    monkeypatch.setenv("STRIPE_API_KEY", key)

    assert command.run("--since", "3d") == 1

    said = capsys.readouterr().err
    assert said.startswith(f"not done: {why}")
    assert not key or key not in said


@pytest.mark.parametrize("key", ["rk_live_1", "rk_test_1"])
def test_a_stack_for_any_mode_takes_a_key_of_either(
    command: ReconcileCommand, monkeypatch: pytest.MonkeyPatch, key: str
) -> None:
    command.parameters["Livemode"] = "any"
    command.stripe.key = key
    monkeypatch.setenv("STRIPE_API_KEY", key)

    assert command.run("--since", "3d") == 0


@pytest.mark.parametrize(
    ("arguments", "why"), [(["--since", "3d", "--until", "soon"], "is no time"), (["--since", "31d"], "30d")]
)
def test_what_cannot_be_done_is_said(
    command: ReconcileCommand, capsys: pytest.CaptureFixture[str], arguments: list[str], why: str
) -> None:
    assert command.run(*arguments) == 1
    assert why in capsys.readouterr().err


def test_stripe_in_trouble_means_to_run_it_again(command: ReconcileCommand, capsys: pytest.CaptureFixture[str]) -> None:
    command.stripe.trouble = lambda: 429

    assert command.run("--since", "3d") == 1

    assert "RateLimitError); run it again" in capsys.readouterr().err
