"""`make endpoint` against Stripe's API on loopback and Secrets Manager on moto: what both hold afterwards."""

import json
import sys
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from types import SimpleNamespace
from typing import TYPE_CHECKING

import boto3
import pytest
import stripe
from moto import mock_aws
from stripe import StripeClient

from functions.consumer import routes
from functions.ingest.signing_secrets import parse_secrets
from infra import endpoint
from infra.endpoint_plan import types_for
from tests.infra.stripe_api import KEY, StripeApi, served

if TYPE_CHECKING:
    from mypy_boto3_secretsmanager.client import SecretsManagerClient

URL = "https://example.com/webhooks/stripe"
OLDER = "2025-03-31.basil"


class Setting:
    """A Stripe account, a stack's secret, and the command."""

    def __init__(self, api: StripeApi, manager: "SecretsManagerClient", monkeypatch: pytest.MonkeyPatch) -> None:
        self.api = api
        self.manager = manager
        self.secret_id = manager.create_secret(Name="signing-secrets", SecretString="{}")["ARN"]
        self._monkeypatch = monkeypatch

    def run(self, *arguments: str, url: str = URL) -> int:
        given = ["endpoint", "--url", url, "--secret-id", self.secret_id, *arguments]
        self._monkeypatch.setattr(sys, "argv", given)
        return endpoint.main()

    def store(self, secrets: Mapping[str, object]) -> None:
        self.manager.put_secret_value(SecretId=self.secret_id, SecretString=json.dumps(secrets))

    def stored(self) -> dict[str, list[str]]:
        text = self.manager.get_secret_value(SecretId=self.secret_id)["SecretString"]
        return {name: [secret.decode() for secret in secrets] for name, secrets in parse_secrets(text).items()}

    def writes(self) -> list[str]:
        return [request for request in self.api.requests if not request.startswith("GET")]


@pytest.fixture(scope="module")
def server() -> Iterator[tuple[str, Callable[[StripeApi], None]]]:
    """One server for the module; each test gives it an account of its own."""
    behind = StripeApi()
    with served(behind) as url:
        yield url, lambda account: setattr(behind, "answer", account.answer)


@pytest.fixture
def there(server: tuple[str, Callable[[StripeApi], None]], monkeypatch: pytest.MonkeyPatch) -> Iterator[Setting]:
    url, serve = server
    api = StripeApi()
    serve(api)
    http = stripe.RequestsClient()
    client = partial(StripeClient, base_addresses={"api": url}, http_client=http)
    monkeypatch.setattr(endpoint, "StripeClient", client)
    monkeypatch.setenv("STRIPE_API_KEY", KEY)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-central-1")
    with mock_aws():
        yield Setting(api, boto3.client("secretsmanager"), monkeypatch)
    http.close()  # type: ignore[no-untyped-call] # the SDK's


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


def test_another_api_version_makes_new_endpoints_and_then_disables_the_old(there: Setting) -> None:
    there.run("--api-version", OLDER)
    old, stored = there.api.enabled(), there.stored()
    there.api.requests.clear()
    assert there.run() == 0
    new = there.api.enabled()
    for name in ("direct", "connect"):
        assert new[name]["api_version"] == stripe.api_version
        assert there.api.endpoints[old[name]["id"]]["status"] == "disabled"
        # Both secrets are valid: the old endpoint's last events are still on their way.
        assert there.stored()[name] == [there.api.secrets[new[name]["id"]], *stored[name]]
    assert there.writes()[0] == "POST /v1/webhook_endpoints"
    assert there.writes()[2] == f"POST /v1/webhook_endpoints/{old['direct']['id']}"


def test_an_old_endpoint_can_be_kept_until_the_retries_are_over(there: Setting) -> None:
    there.run("--only", "direct", "--api-version", OLDER)
    assert there.run("--only", "direct", "--keep-old") == 0
    assert [found["status"] for found in there.api.endpoints.values()] == ["enabled", "enabled"]
    assert there.run("--only", "direct") == 0
    assert [found["status"] for found in there.api.endpoints.values()] == ["disabled", "enabled"]


def test_going_back_to_a_version_uses_its_endpoint_again(there: Setting) -> None:
    there.run("--only", "direct", "--api-version", OLDER)
    there.run("--only", "direct")
    assert there.run("--only", "direct", "--api-version", OLDER) == 0
    assert there.api.enabled()["direct"]["api_version"] == OLDER
    assert [found["status"] for found in there.api.endpoints.values()] == ["enabled", "disabled"]


def test_an_endpoint_that_stripe_disabled_is_enabled_again(there: Setting, capsys: pytest.CaptureFixture[str]) -> None:
    there.run("--only", "direct")
    (made,) = there.api.endpoints.values()
    made["status"] = "disabled"
    assert there.run("--only", "direct") == 0
    assert made["status"] == "enabled"
    assert "never sends what happened while it was disabled" in capsys.readouterr().out


def test_an_endpoint_whose_secret_was_lost_on_the_way_is_replaced(there: Setting) -> None:
    there.run("--only", "direct")
    (lost,) = there.api.endpoints
    there.store({"direct": "whsec_of_another"})
    assert there.run("--only", "direct") == 0
    made = there.api.enabled()["direct"]["id"]
    assert made != lost
    assert there.api.endpoints[lost]["status"] == "disabled"
    assert there.stored()["direct"] == [there.api.secrets[made], "whsec_of_another"]


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


def test_a_business_without_connect_learns_to_make_the_direct_one_only(
    there: Setting, capsys: pytest.CaptureFixture[str]
) -> None:
    there.api.connect_allowed = False
    assert there.run() == 1
    assert list(there.api.enabled()) == ["direct"]
    assert "You have no connected accounts.; a business without" in capsys.readouterr().err
    assert there.run("--only", "direct") == 0


def test_if_the_secret_cannot_be_stored_the_endpoint_is_removed_again(
    there: Setting, capsys: pytest.CaptureFixture[str]
) -> None:
    there.api.after_create = partial(
        there.manager.delete_secret, SecretId=there.secret_id, ForceDeleteWithoutRecovery=True
    )
    assert there.run() == 1
    assert there.api.endpoints == {}
    complaint = capsys.readouterr().err
    assert "could not be stored (An error occurred (ResourceNotFoundException)" in complaint
    assert complaint.endswith("we_1 is deleted again\n")


def test_if_it_cannot_even_be_removed_the_error_names_it(there: Setting, capsys: pytest.CaptureFixture[str]) -> None:
    there.api.after_create = partial(
        there.manager.delete_secret, SecretId=there.secret_id, ForceDeleteWithoutRecovery=True
    )
    there.api.fail("DELETE", 500)
    assert there.run() == 1
    assert list(there.api.endpoints) == ["we_1"]
    assert "we_1 is still at Stripe" in capsys.readouterr().err


def test_after_a_failed_replacement_the_old_endpoint_still_sends(there: Setting) -> None:
    there.run("--only", "direct", "--api-version", OLDER)
    stored = there.stored()
    there.api.after_create = partial(there.manager.delete_secret, SecretId=there.secret_id)
    assert there.run("--only", "direct") == 1
    assert there.api.enabled()["direct"]["api_version"] == OLDER
    there.manager.restore_secret(SecretId=there.secret_id)
    assert there.stored() == stored


@pytest.mark.parametrize("secret", ["", "[]", '{"direct": 1}'])
def test_nothing_is_made_while_the_secret_has_another_shape(
    there: Setting, secret: str, capsys: pytest.CaptureFixture[str]
) -> None:
    there.manager.put_secret_value(SecretId=there.secret_id, SecretString=secret) if secret else (
        there.manager.put_secret_value(SecretId=there.secret_id, SecretBinary=b"{}")
    )
    assert there.run() == 1
    assert there.api.endpoints == {}
    assert "The secret has the wrong shape." in capsys.readouterr().err


def test_nothing_is_made_for_a_secret_that_is_not_there(there: Setting, capsys: pytest.CaptureFixture[str]) -> None:
    there.secret_id = "another"
    assert there.run() == 1
    assert there.api.endpoints == {}
    assert "ResourceNotFoundException" in capsys.readouterr().err


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


@pytest.mark.parametrize("key", [None, " ", "pk_test_publishable", "sk_org_live_1", "whsec_1"])
def test_without_an_api_key_it_says_where_to_put_one(
    there: Setting, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], key: str | None
) -> None:
    monkeypatch.setenv("STRIPE_API_KEY", key or "")
    if key is None:
        monkeypatch.delenv("STRIPE_API_KEY")
    assert there.run() == 1
    complaint = capsys.readouterr().err
    assert "STRIPE_API_KEY" in complaint
    assert key is None or key == " " or key not in complaint
    assert there.api.requests == []


def test_a_live_key_is_announced(
    there: Setting, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("STRIPE_API_KEY", "rk_live_abc")
    there.run()
    assert capsys.readouterr().out.startswith("live mode, ")


def test_a_key_that_stripe_does_not_know_is_said_to_be_so(
    there: Setting, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("STRIPE_API_KEY", "sk_test_unknown")
    assert there.run() == 1
    assert capsys.readouterr().err == (
        "not done: Stripe answered 401: Request req_1: Invalid API Key provided: rk_test_*********ints\n"
    )


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize(
    ("status", "type_"),
    [(403, "invalid_request_error"), (429, "rate_limit_error"), (500, "api_error"), (400, "invalid_request_error")],
)
def test_stripes_refusals_are_told_in_one_line(
    there: Setting, method: str, status: int, type_: str, capsys: pytest.CaptureFixture[str]
) -> None:
    there.api.fail(method, status, "Not now.", type_)
    assert there.run("--only", "direct") == 1
    assert capsys.readouterr().err == f"not done: Stripe answered {status}: Request req_1: Not now.\n"
    assert there.stored() == {}


def test_a_run_that_broke_off_is_finished_by_the_next(there: Setting) -> None:
    there.run("--only", "direct", "--api-version", OLDER)
    there.api.garble("POST")
    assert there.run("--only", "direct") == 1
    there.api.mend()
    assert there.run("--only", "direct") == 0
    kept = there.api.enabled()["direct"]
    assert kept["api_version"] == stripe.api_version
    assert [found["status"] for found in there.api.endpoints.values()].count("enabled") == 1
    assert there.stored()["direct"][0] == there.api.secrets[kept["id"]]


def test_the_secret_and_the_key_are_never_printed(there: Setting, capfd: pytest.CaptureFixture[str]) -> None:
    there.run("--api-version", OLDER)
    there.run("--dry-run")
    there.run()
    there.store({"direct": None})
    there.api.garble("POST")
    there.run()
    there.api.mend()
    there.store({"direct": None})
    there.api.fail("DELETE", 500, f"Cannot delete what {KEY} made.")
    there.api.after_create = partial(there.manager.delete_secret, SecretId=there.secret_id)
    assert there.run() == 1
    printed = "".join(capfd.readouterr())
    assert "whsec_…" in printed, "an answer was garbled, and its text shown"
    assert [secret for secret in [*there.api.secrets.values(), KEY] if secret in printed] == []


def test_not_even_the_sdks_debug_log_prints_them(
    there: Setting, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("STRIPE_LOG", "debug")
    monkeypatch.setattr(stripe._util, "STRIPE_LOG", "debug")  # noqa: SLF001 - where the SDK keeps it
    monkeypatch.setattr(stripe, "log", None)
    there.run()
    printed = "".join(capfd.readouterr())
    assert "Stripe API response" in printed
    assert [secret for secret in [*there.api.secrets.values(), KEY] if secret in printed] == []
