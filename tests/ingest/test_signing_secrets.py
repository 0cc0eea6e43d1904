"""An engineer can set, roll and revoke a secret without a deployment."""

from __future__ import annotations

import json

import pytest

from functions.ingest.rejection import RejectedError
from functions.ingest.signing_secrets import parse_secrets
from tests.ingest.support import DIRECT, Ingest


def test_the_secrets_are_fetched_once_for_five_minutes_of_events(ingest: Ingest) -> None:
    for seconds in (0, 1, 298.9):
        ingest.now += seconds
        assert ingest.post_signed_by(DIRECT).status == 200
    assert ingest.fetches == 1


def test_junk_without_a_signature_costs_no_fetch(ingest: Ingest) -> None:
    assert ingest.post(b"junk", "").status == 400
    assert ingest.post(b"junk", "t=1").status == 400
    assert ingest.fetches == 0


def test_a_rolled_secret_is_taken_at_once(ingest: Ingest) -> None:
    assert ingest.post_signed_by(DIRECT).status == 200
    ingest.secret = json.dumps({"direct": ["whsec_new", DIRECT]})
    ingest.now += 10
    assert ingest.post_signed_by("whsec_new").status == 200
    assert ingest.post_signed_by(DIRECT).status == 200
    assert ingest.fetches == 2


def test_a_new_endpoint_is_known_at_once(ingest: Ingest) -> None:
    assert ingest.post_signed_by(DIRECT).status == 200
    ingest.secret = json.dumps({"direct": DIRECT, "cli": "whsec_cli"})
    ingest.now += 10
    assert ingest.post_signed_by("whsec_cli", "cli").status == 200


@pytest.mark.parametrize("revoked", [{"direct": "whsec_new"}, {"direct": []}, {}])
def test_a_compromised_secret_is_dead_within_five_minutes(ingest: Ingest, revoked: dict[str, object]) -> None:
    assert ingest.post_signed_by(DIRECT).status == 200
    ingest.secret = json.dumps(revoked)
    ingest.now += 299
    assert ingest.post_signed_by(DIRECT).status == 200
    ingest.now += 1
    assert ingest.post_signed_by(DIRECT).status in (400, 503)


def test_wrong_signatures_cause_at_most_one_fetch_in_ten_seconds(ingest: Ingest) -> None:
    assert ingest.post_signed_by(DIRECT).status == 200
    for _ in range(39):
        ingest.now += 0.5
        assert ingest.post_signed_by("whsec_wrong").status == 400
    assert ingest.fetches == 2


def test_a_failed_fetch_counts_against_that_limit_too(ingest: Ingest) -> None:
    assert ingest.post_signed_by(DIRECT).status == 200
    ingest.secret_can_be_fetched = False
    ingest.now += 10
    for _ in range(5):
        assert ingest.post_signed_by("whsec_wrong").status == 400
    assert ingest.fetches == 2


@pytest.mark.parametrize("secret", ["not JSON", None], ids=["made unreadable", "out of reach"])
def test_what_is_known_serves_until_it_is_too_old(
    ingest: Ingest, capsys: pytest.CaptureFixture[str], secret: str | None
) -> None:
    assert ingest.post_signed_by(DIRECT).status == 200
    ingest.secret, ingest.secret_can_be_fetched = secret or "", secret is not None
    ingest.now += 200
    capsys.readouterr()
    assert ingest.post_signed_by("whsec_wrong").status == 400
    warning, _ = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert warning["level"] == "WARN"
    assert warning["cause"]
    assert ingest.post_signed_by(DIRECT).status == 200
    ingest.now += 100
    assert ingest.post_signed_by(DIRECT).status == 503
    ingest.secret, ingest.secret_can_be_fetched = json.dumps({"direct": DIRECT}), True
    assert ingest.post_signed_by(DIRECT).status == 200


def test_a_clock_that_was_set_back_does_not_keep_a_secret_alive(ingest: Ingest) -> None:
    assert ingest.post_signed_by(DIRECT).status == 200
    ingest.now -= 3600
    assert ingest.post_signed_by(DIRECT).status == 200
    assert ingest.fetches == 2


@pytest.mark.parametrize("secret", ["{}", '{"direct": ""}', '{"direct": [], "connect": null}', '{"direct": [" \\n"]}'])
def test_until_a_secret_is_set_stripe_is_asked_to_come_back(ingest: Ingest, secret: str) -> None:
    ingest.secret = secret
    for endpoint in (None, "direct", "unknown"):
        answer = ingest.post_signed_by(DIRECT, endpoint)
        assert (answer.status, answer.reason) == (503, "no_secret")
    ingest.secret = json.dumps({"direct": DIRECT})
    ingest.now += 10
    assert ingest.post_signed_by(DIRECT).status == 200


def test_a_blank_secret_is_nobodys_key(ingest: Ingest) -> None:
    ingest.secret = json.dumps({"direct": DIRECT, "connect": "  "})
    assert ingest.post_signed_by("").status == 400
    assert ingest.post_signed_by("  ").status == 400


def test_an_endpoint_whose_secret_is_not_set_yet_is_not_unknown(ingest: Ingest) -> None:
    ingest.secret = json.dumps({"direct": DIRECT, "connect": ""})
    answer = ingest.post_signed_by("whsec_connect", "connect")
    assert (answer.status, answer.reason) == (503, "no_secret")


def test_white_space_around_a_secret_is_no_part_of_it() -> None:
    assert parse_secrets('{"direct": "whsec_a\\n", "cli": [" whsec_b ", "whsec_c"]}') == {
        "direct": (b"whsec_a",),
        "cli": (b"whsec_b", b"whsec_c"),
    }


@pytest.mark.parametrize(
    "secret",
    [
        "",
        "whsec_hidden",
        '"whsec_hidden"',
        '["whsec_hidden"]',
        '{"direct": 5}',
        '{"direct": {"whsec_hidden": 1}}',
        '{"direct": ["whsec_hidden", 5]}',
        '{"direct": "whsec_hidden\\ud800"}',
        '{"": "whsec_hidden"}',
        '{"whsec/hidden": "x"}',
        "[" * 100_000,
    ],
)
def test_a_secret_of_another_shape_is_explained_and_not_shown(
    ingest: Ingest, capsys: pytest.CaptureFixture[str], secret: str
) -> None:
    ingest.secret = secret
    answer = ingest.post_signed_by(DIRECT)
    assert (answer.status, answer.reason) == (503, "secret_unreadable")
    log = capsys.readouterr().out
    assert "Set it to one JSON object" in json.loads(log)["cause"]
    assert "hidden" not in log + json.dumps(answer.body)


def test_the_error_carries_no_copy_of_the_secret_either() -> None:
    with pytest.raises(RejectedError) as caught:
        parse_secrets('{"direct": "whsec_hidden"')
    assert caught.value.__suppress_context__
