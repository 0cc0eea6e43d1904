"""Endpoints that the account already has: at the stack's URL they are taken over or replaced, elsewhere left alone."""

import pytest
import stripe

from cli.operate.endpoint_plan import types_for
from tests.cli.endpoint.endpoint_command import URL, EndpointCommand


def test_an_endpoint_that_was_made_by_hand_at_the_same_url_is_taken_over(command: EndpointCommand) -> None:
    by_hand = command.api.has(url=f"{URL}/direct", api_version=stripe.api_version)
    command.store({"direct": command.api.secrets[by_hand]})
    assert command.run("--only", "direct") == 0
    (found,) = command.api.endpoints.values()
    assert found["enabled_events"] == types_for("direct")


@pytest.mark.parametrize(
    "otherwise",
    [{"api_version": None}, {"application": "ca_1"}, {"metadata": {"billhook": "connect"}}],
    ids=["of the account's version", "made as a connect endpoint", "ours, but for connect"],
)
def test_what_is_fixed_when_an_endpoint_is_made_makes_a_new_one(
    command: EndpointCommand, otherwise: dict[str, object]
) -> None:
    by_hand = command.api.has(**{"url": f"{URL}/direct", "api_version": stripe.api_version} | otherwise)
    command.store({"direct": command.api.secrets[by_hand]})
    assert command.run("--only", "direct") == 0
    assert command.api.endpoints[by_hand]["status"] == "disabled"
    assert command.api.enabled()["direct"]["api_version"] == stripe.api_version


def test_an_endpoint_by_hand_whose_secret_nobody_stored_is_replaced(command: EndpointCommand) -> None:
    by_hand = command.api.has(url=f"{URL}/direct", api_version=stripe.api_version)
    assert command.run("--only", "direct") == 0
    assert command.api.endpoints[by_hand]["status"] == "disabled"
    assert len(command.stored()["direct"]) == 1


def test_of_two_that_would_do_one_stays(command: EndpointCommand) -> None:
    command.run("--only", "direct")
    twin = command.api.has(url=f"{URL}/direct", api_version=stripe.api_version)
    assert command.run("--only", "direct") == 0
    assert [found["status"] for found in command.api.endpoints.values()].count("enabled") == 1
    assert command.api.enabled()["direct"]["id"] == twin


def test_of_two_that_would_do_the_enabled_one_stays(command: EndpointCommand) -> None:
    command.run("--only", "direct")
    command.api.has(url=f"{URL}/direct", api_version=stripe.api_version, status="disabled")
    before = command.writes()
    assert command.run("--only", "direct") == 0
    assert command.writes() == before


def test_other_endpoints_of_the_account_are_left_alone_however_many_there_are(command: EndpointCommand) -> None:
    command.run()
    before = command.writes()
    others = [command.api.has(url=f"https://other.example.org/{n}") for n in range(130)]
    staging = command.api.has(url="https://staging.example.org/webhooks/stripe/direct", metadata={"billhook": "direct"})
    assert command.run() == 0
    assert command.writes() == before
    assert {command.api.endpoints[other]["status"] for other in [*others, staging]} == {"enabled"}
    assert command.api.requests.count("GET /v1/webhook_endpoints") == 2 + 2 * 2


def test_one_that_sends_to_the_url_without_a_name_is_pointed_out(
    command: EndpointCommand, capsys: pytest.CaptureFixture[str]
) -> None:
    by_hand = command.api.has(url=URL)
    disabled = command.api.has(url=URL, status="disabled")
    assert command.run() == 0
    assert command.api.endpoints[by_hand]["status"] == "enabled"
    printed = capsys.readouterr().out
    assert printed.count(f"{by_hand} sends to {URL}, too") == 1
    assert disabled not in printed
