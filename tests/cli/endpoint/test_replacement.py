"""A setting that Stripe cannot change needs a new endpoint; the old one is disabled once the new secret is stored."""

from functools import partial

import stripe

from tests.cli.endpoint.endpoint_command import OLDER, EndpointCommand


def test_another_api_version_makes_new_endpoints_and_then_disables_the_old(command: EndpointCommand) -> None:
    command.run("--api-version", OLDER)
    old, stored = command.api.enabled(), command.stored()
    command.api.requests.clear()
    assert command.run() == 0
    new = command.api.enabled()
    for name in ("direct", "connect"):
        assert new[name]["api_version"] == stripe.api_version
        assert command.api.endpoints[old[name]["id"]]["status"] == "disabled"
        # Both secrets are valid: the old endpoint's last events are still on their way.
        assert command.stored()[name] == [command.api.secrets[new[name]["id"]], *stored[name]]
    assert command.writes()[0] == "POST /v1/webhook_endpoints"
    assert command.writes()[2] == f"POST /v1/webhook_endpoints/{old['direct']['id']}"


def test_an_old_endpoint_can_be_kept_until_the_retries_are_over(command: EndpointCommand) -> None:
    command.run("--only", "direct", "--api-version", OLDER)
    assert command.run("--only", "direct", "--keep-old") == 0
    assert [found["status"] for found in command.api.endpoints.values()] == ["enabled", "enabled"]
    assert command.run("--only", "direct") == 0
    assert [found["status"] for found in command.api.endpoints.values()] == ["disabled", "enabled"]


def test_going_back_to_a_version_uses_its_endpoint_again(command: EndpointCommand) -> None:
    command.run("--only", "direct", "--api-version", OLDER)
    command.run("--only", "direct")
    assert command.run("--only", "direct", "--api-version", OLDER) == 0
    assert command.api.enabled()["direct"]["api_version"] == OLDER
    assert [found["status"] for found in command.api.endpoints.values()] == ["enabled", "disabled"]


def test_an_endpoint_whose_secret_was_lost_on_the_way_is_replaced(command: EndpointCommand) -> None:
    command.run("--only", "direct")
    (lost,) = command.api.endpoints
    command.store({"direct": "whsec_of_another"})
    assert command.run("--only", "direct") == 0
    made = command.api.enabled()["direct"]["id"]
    assert made != lost
    assert command.api.endpoints[lost]["status"] == "disabled"
    assert command.stored()["direct"] == [command.api.secrets[made], "whsec_of_another"]


def test_after_a_failed_replacement_the_old_endpoint_still_sends(command: EndpointCommand) -> None:
    command.run("--only", "direct", "--api-version", OLDER)
    stored = command.stored()
    command.api.after_create = partial(command.manager.delete_secret, SecretId=command.secret_id)
    assert command.run("--only", "direct") == 1
    assert command.api.enabled()["direct"]["api_version"] == OLDER
    command.manager.restore_secret(SecretId=command.secret_id)
    assert command.stored() == stored


def test_a_run_that_broke_off_is_finished_by_the_next(command: EndpointCommand) -> None:
    command.run("--only", "direct", "--api-version", OLDER)
    command.api.garble("POST")
    assert command.run("--only", "direct") == 1
    command.api.mend()
    assert command.run("--only", "direct") == 0
    kept = command.api.enabled()["direct"]
    assert kept["api_version"] == stripe.api_version
    assert [found["status"] for found in command.api.endpoints.values()].count("enabled") == 1
    assert command.stored()["direct"][0] == command.api.secrets[kept["id"]]
