"""The first run creates the endpoints and stores their secrets; a later run changes only what is wrong."""

from types import SimpleNamespace

import boto3
import pytest
import stripe

from cli.command import main
from cli.operate.endpoint_plan import types_for
from cli.where import Where
from functions.consumer import routes
from tests.cli.endpoint.endpoint_command import OLDER, URL, EndpointCommand


def test_the_first_run_makes_both_endpoints_and_stores_their_secrets(command: EndpointCommand) -> None:
    assert command.run() == 0
    direct, connect = command.api.enabled()["direct"], command.api.enabled()["connect"]
    assert (direct["url"], direct["application"]) == (f"{URL}/direct", None)
    assert (connect["url"], connect["application"]) == (f"{URL}/connect", "ca_1")
    assert direct["api_version"] == connect["api_version"] == stripe.api_version
    assert "invoice.paid" in direct["enabled_events"]
    assert "invoice.paid" in connect["enabled_events"]
    assert command.stored() == {
        "direct": [command.api.secrets[direct["id"]]],
        "connect": [command.api.secrets[connect["id"]]],
    }


def test_the_second_run_changes_nothing_and_says_so(
    command: EndpointCommand, capsys: pytest.CaptureFixture[str]
) -> None:
    command.run()
    before, stored = command.writes(), command.stored()
    capsys.readouterr()
    assert command.run() == 0
    assert command.writes() == before
    assert command.stored() == stored
    assert capsys.readouterr().out.count("nothing to change") == 2


def test_a_new_route_is_added_to_the_list_and_a_removed_one_taken_off(
    command: EndpointCommand, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    command.run()
    changed = {name: handle for name, handle in routes.ROUTES.items() if name != "invoice.paid"}
    monkeypatch.setattr(routes, "ROUTES", changed | {"product.created": routes.ROUTES["invoice.paid"]})
    assert command.run() == 0
    for found in command.api.enabled().values():
        assert "product.created" in found["enabled_events"]
        assert "invoice.paid" not in found["enabled_events"]
    assert len(command.api.endpoints) == 2
    assert "+product.created -invoice.paid" in capsys.readouterr().out


def test_an_endpoint_that_stripe_disabled_is_enabled_again(
    command: EndpointCommand, capsys: pytest.CaptureFixture[str]
) -> None:
    command.run("--only", "direct")
    (made,) = command.api.endpoints.values()
    made["status"] = "disabled"
    assert command.run("--only", "direct") == 0
    assert made["status"] == "enabled"
    assert "never sends what happened while it was disabled" in capsys.readouterr().out


def test_a_dry_run_says_what_it_would_do_and_does_nothing(
    command: EndpointCommand, capsys: pytest.CaptureFixture[str]
) -> None:
    command.run("--only", "direct", "--api-version", OLDER)
    before, stored = command.writes(), command.stored()
    capsys.readouterr()
    assert command.run("--dry-run") == 0
    assert command.writes() == before
    assert command.stored() == stored
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == f"test mode, API version {stripe.api_version}, dry run"
    assert lines[1].startswith(f"direct: make an endpoint for {len(types_for('direct'))} types: ")
    assert lines[2].startswith(f"direct: disable we_1 (its API version is {OLDER})")
    assert lines[3].startswith("connect: make an endpoint for ")


def test_a_stacks_name_is_enough(command: EndpointCommand, monkeypatch: pytest.MonkeyPatch) -> None:
    told = {"WebhookUrl": URL, "SigningSecretsId": command.secret_id}
    outputs = [{"OutputKey": key, "OutputValue": value} for key, value in told.items()]
    stacks = {"acme": {"Stacks": [{"Outputs": outputs}]}}
    cloudformation = SimpleNamespace(describe_stacks=lambda StackName: stacks[StackName])  # noqa: N803 - boto3's name
    clients = {"cloudformation": cloudformation, "secretsmanager": command.manager}
    clients |= {"sts": boto3.client("sts"), "dynamodb": boto3.client("dynamodb")}
    monkeypatch.setattr(Where, "client", lambda _where, service: clients[service])

    assert main(["endpoint", "--stack", "acme", "--only", "direct"]) == 0

    assert list(command.stored()) == ["direct"]


def test_a_stack_url_with_a_slash_is_the_same_url(command: EndpointCommand) -> None:
    command.run()
    before = command.writes()
    assert command.run(url=f"{URL}/") == 0
    assert command.writes() == before


@pytest.mark.parametrize("url", [f"{URL}/direct", f"{URL}/connect/", "http://example.com", "example.com"])
def test_a_url_that_is_no_stacks_is_refused(
    command: EndpointCommand, url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert command.run(url=url) == 1
    assert command.api.requests == []
    assert "WebhookUrl" in capsys.readouterr().err


def test_a_business_without_connect_learns_to_make_the_direct_one_only(
    command: EndpointCommand, capsys: pytest.CaptureFixture[str]
) -> None:
    command.api.connect_allowed = False
    assert command.run() == 1
    assert list(command.api.enabled()) == ["direct"]
    assert "You have no connected accounts.; a business without" in capsys.readouterr().err
    assert command.run("--only", "direct") == 0
