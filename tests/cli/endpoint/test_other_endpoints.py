"""Endpoints that the account already has: at the stack's URL they are taken over or replaced, elsewhere left alone."""

import pytest
import stripe

from cli.operate.endpoint_plan import types_for
from tests.cli.endpoint.setting import URL, Setting


def test_an_endpoint_that_was_made_by_hand_at_the_same_url_is_taken_over(there: Setting) -> None:
    by_hand = there.api.has(url=f"{URL}/direct", api_version=stripe.api_version)
    there.store({"direct": there.api.secrets[by_hand]})
    assert there.run("--only", "direct") == 0
    (found,) = there.api.endpoints.values()
    assert found["enabled_events"] == types_for("direct")


@pytest.mark.parametrize(
    "otherwise",
    [{"api_version": None}, {"application": "ca_1"}, {"metadata": {"billhook": "connect"}}],
    ids=["of the account's version", "made as a connect endpoint", "ours, but for connect"],
)
def test_what_is_fixed_when_an_endpoint_is_made_makes_a_new_one(there: Setting, otherwise: dict[str, object]) -> None:
    by_hand = there.api.has(**{"url": f"{URL}/direct", "api_version": stripe.api_version} | otherwise)
    there.store({"direct": there.api.secrets[by_hand]})
    assert there.run("--only", "direct") == 0
    assert there.api.endpoints[by_hand]["status"] == "disabled"
    assert there.api.enabled()["direct"]["api_version"] == stripe.api_version


def test_an_endpoint_by_hand_whose_secret_nobody_stored_is_replaced(there: Setting) -> None:
    by_hand = there.api.has(url=f"{URL}/direct", api_version=stripe.api_version)
    assert there.run("--only", "direct") == 0
    assert there.api.endpoints[by_hand]["status"] == "disabled"
    assert len(there.stored()["direct"]) == 1


def test_of_two_that_would_do_one_stays(there: Setting) -> None:
    there.run("--only", "direct")
    twin = there.api.has(url=f"{URL}/direct", api_version=stripe.api_version)
    assert there.run("--only", "direct") == 0
    assert [found["status"] for found in there.api.endpoints.values()].count("enabled") == 1
    assert there.api.enabled()["direct"]["id"] == twin


def test_of_two_that_would_do_the_enabled_one_stays(there: Setting) -> None:
    there.run("--only", "direct")
    there.api.has(url=f"{URL}/direct", api_version=stripe.api_version, status="disabled")
    before = there.writes()
    assert there.run("--only", "direct") == 0
    assert there.writes() == before


def test_other_endpoints_of_the_account_are_left_alone_however_many_there_are(there: Setting) -> None:
    there.run()
    before = there.writes()
    others = [there.api.has(url=f"https://other.example.org/{n}") for n in range(130)]
    staging = there.api.has(url="https://staging.example.org/webhooks/stripe/direct", metadata={"billhook": "direct"})
    assert there.run() == 0
    assert there.writes() == before
    assert {there.api.endpoints[other]["status"] for other in [*others, staging]} == {"enabled"}
    assert there.api.requests.count("GET /v1/webhook_endpoints") == 2 + 2 * 2


def test_one_that_sends_to_the_url_without_a_name_is_pointed_out(
    there: Setting, capsys: pytest.CaptureFixture[str]
) -> None:
    by_hand = there.api.has(url=URL)
    disabled = there.api.has(url=URL, status="disabled")
    assert there.run() == 0
    assert there.api.endpoints[by_hand]["status"] == "enabled"
    printed = capsys.readouterr().out
    assert printed.count(f"{by_hand} sends to {URL}, too") == 1
    assert disabled not in printed
