"""What cannot be changed makes a new endpoint, and the old one is disabled once the new one's secret is stored."""

from functools import partial

import stripe

from tests.cli.endpoint.setting import OLDER, Setting


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


def test_an_endpoint_whose_secret_was_lost_on_the_way_is_replaced(there: Setting) -> None:
    there.run("--only", "direct")
    (lost,) = there.api.endpoints
    there.store({"direct": "whsec_of_another"})
    assert there.run("--only", "direct") == 0
    made = there.api.enabled()["direct"]["id"]
    assert made != lost
    assert there.api.endpoints[lost]["status"] == "disabled"
    assert there.stored()["direct"] == [there.api.secrets[made], "whsec_of_another"]


def test_after_a_failed_replacement_the_old_endpoint_still_sends(there: Setting) -> None:
    there.run("--only", "direct", "--api-version", OLDER)
    stored = there.stored()
    there.api.after_create = partial(there.manager.delete_secret, SecretId=there.secret_id)
    assert there.run("--only", "direct") == 1
    assert there.api.enabled()["direct"]["api_version"] == OLDER
    there.manager.restore_secret(SecretId=there.secret_id)
    assert there.stored() == stored


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
