"""Each refusal of Stripe or Secrets Manager is reported in one line, and no endpoint lacks its stored secret."""

from functools import partial

import pytest

from tests.cli.endpoint.endpoint_command import EndpointCommand


def test_if_the_secret_cannot_be_stored_the_endpoint_is_removed_again(
    command: EndpointCommand, capsys: pytest.CaptureFixture[str]
) -> None:
    command.api.after_create = partial(
        command.manager.delete_secret, SecretId=command.secret_id, ForceDeleteWithoutRecovery=True
    )
    assert command.run() == 1
    assert command.api.endpoints == {}
    complaint = capsys.readouterr().err
    assert "could not be stored (An error occurred (ResourceNotFoundException)" in complaint
    assert complaint.endswith("we_1 is deleted again\n")


def test_if_it_cannot_even_be_removed_the_error_names_it(
    command: EndpointCommand, capsys: pytest.CaptureFixture[str]
) -> None:
    command.api.after_create = partial(
        command.manager.delete_secret, SecretId=command.secret_id, ForceDeleteWithoutRecovery=True
    )
    command.api.fail("DELETE", 500)
    assert command.run() == 1
    assert list(command.api.endpoints) == ["we_1"]
    assert "we_1 is still at Stripe" in capsys.readouterr().err


@pytest.mark.parametrize("secret", ["", "[]", '{"direct": 1}'])
def test_nothing_is_made_while_the_secret_has_another_shape(
    command: EndpointCommand, secret: str, capsys: pytest.CaptureFixture[str]
) -> None:
    command.manager.put_secret_value(SecretId=command.secret_id, SecretString=secret) if secret else (
        command.manager.put_secret_value(SecretId=command.secret_id, SecretBinary=b"{}")
    )
    assert command.run() == 1
    assert command.api.endpoints == {}
    assert "The secret has the wrong shape." in capsys.readouterr().err


def test_nothing_is_made_for_a_secret_that_is_not_there(
    command: EndpointCommand, capsys: pytest.CaptureFixture[str]
) -> None:
    command.secret_id = "another"
    assert command.run() == 1
    assert command.api.endpoints == {}
    assert "ResourceNotFoundException" in capsys.readouterr().err


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize(
    ("status", "type_"),
    [(403, "invalid_request_error"), (429, "rate_limit_error"), (500, "api_error"), (400, "invalid_request_error")],
)
def test_stripes_refusals_are_told_in_one_line(
    command: EndpointCommand, method: str, status: int, type_: str, capsys: pytest.CaptureFixture[str]
) -> None:
    command.api.fail(method, status, "Not now.", type_)
    assert command.run("--only", "direct") == 1
    assert capsys.readouterr().err == f"not done: Stripe answered {status}: Request req_1: Not now.\n"
    assert command.stored() == {}
