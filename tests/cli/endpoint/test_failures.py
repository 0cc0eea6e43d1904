"""What Stripe or Secrets Manager refuses is told in a line, and leaves no endpoint whose secret is nowhere."""

from functools import partial

import pytest

from tests.cli.endpoint.setting import Setting


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
