"""The first run makes the endpoints and stores their secrets; a later one changes only what is not as it should be."""

import sys
from types import SimpleNamespace

import boto3
import pytest
import stripe

from cli.operate import endpoint
from cli.operate.endpoint_plan import types_for
from functions.consumer import routes
from tests.cli.endpoint.setting import OLDER, URL, Setting


def test_the_first_run_makes_both_endpoints_and_stores_their_secrets(there: Setting) -> None:
    assert there.run() == 0
    direct, connect = there.api.enabled()["direct"], there.api.enabled()["connect"]
    assert (direct["url"], direct["application"]) == (f"{URL}/direct", None)
    assert (connect["url"], connect["application"]) == (f"{URL}/connect", "ca_1")
    assert direct["api_version"] == connect["api_version"] == stripe.api_version
    assert "invoice.paid" in direct["enabled_events"]
    assert "invoice.paid" in connect["enabled_events"]
    assert there.stored() == {
        "direct": [there.api.secrets[direct["id"]]],
        "connect": [there.api.secrets[connect["id"]]],
    }


def test_the_second_run_changes_nothing_and_says_so(there: Setting, capsys: pytest.CaptureFixture[str]) -> None:
    there.run()
    before, stored = there.writes(), there.stored()
    capsys.readouterr()
    assert there.run() == 0
    assert there.writes() == before
    assert there.stored() == stored
    assert capsys.readouterr().out.count("nothing to change") == 2


def test_a_new_route_is_added_to_the_list_and_a_removed_one_taken_off(
    there: Setting, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    there.run()
    changed = {name: handle for name, handle in routes.ROUTES.items() if name != "invoice.paid"}
    monkeypatch.setattr(routes, "ROUTES", changed | {"product.created": routes.ROUTES["invoice.paid"]})
    assert there.run() == 0
    for found in there.api.enabled().values():
        assert "product.created" in found["enabled_events"]
        assert "invoice.paid" not in found["enabled_events"]
    assert len(there.api.endpoints) == 2
    assert "+product.created -invoice.paid" in capsys.readouterr().out


def test_an_endpoint_that_stripe_disabled_is_enabled_again(there: Setting, capsys: pytest.CaptureFixture[str]) -> None:
    there.run("--only", "direct")
    (made,) = there.api.endpoints.values()
    made["status"] = "disabled"
    assert there.run("--only", "direct") == 0
    assert made["status"] == "enabled"
    assert "never sends what happened while it was disabled" in capsys.readouterr().out


def test_a_dry_run_says_what_it_would_do_and_does_nothing(there: Setting, capsys: pytest.CaptureFixture[str]) -> None:
    there.run("--only", "direct", "--api-version", OLDER)
    before, stored = there.writes(), there.stored()
    capsys.readouterr()
    assert there.run("--dry-run") == 0
    assert there.writes() == before
    assert there.stored() == stored
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == f"test mode, API version {stripe.api_version}, dry run"
    assert lines[1].startswith(f"direct: make an endpoint for {len(types_for('direct'))} types: ")
    assert lines[2].startswith(f"direct: disable we_1 (its API version is {OLDER})")
    assert lines[3].startswith("connect: make an endpoint for ")


def test_a_stacks_name_is_enough(there: Setting, monkeypatch: pytest.MonkeyPatch) -> None:
    told = {"WebhookUrl": URL, "SigningSecretsId": there.secret_id}
    outputs = [{"OutputKey": key, "OutputValue": value} for key, value in told.items()]
    stacks = {"acme": {"Stacks": [{"Outputs": outputs}]}}
    cloudformation = SimpleNamespace(describe_stacks=lambda StackName: stacks[StackName])  # noqa: N803 - boto3's name
    clients = {"cloudformation": cloudformation, "secretsmanager": there.manager}
    monkeypatch.setattr(boto3, "client", clients.__getitem__)
    monkeypatch.setattr(sys, "argv", ["endpoint", "--stack", "acme", "--only", "direct"])

    assert endpoint.main() == 0

    assert list(there.stored()) == ["direct"]


def test_a_stack_url_with_a_slash_is_the_same_url(there: Setting) -> None:
    there.run()
    before = there.writes()
    assert there.run(url=f"{URL}/") == 0
    assert there.writes() == before


@pytest.mark.parametrize("url", [f"{URL}/direct", f"{URL}/connect/", "http://example.com", "example.com"])
def test_a_url_that_is_no_stacks_is_refused(there: Setting, url: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert there.run(url=url) == 1
    assert there.api.requests == []
    assert "WebhookUrl" in capsys.readouterr().err


def test_a_business_without_connect_learns_to_make_the_direct_one_only(
    there: Setting, capsys: pytest.CaptureFixture[str]
) -> None:
    there.api.connect_allowed = False
    assert there.run() == 1
    assert list(there.api.enabled()) == ["direct"]
    assert "You have no connected accounts.; a business without" in capsys.readouterr().err
    assert there.run("--only", "direct") == 0
