"""A mail is handed to SES once; one that SES will never take is an outcome, and only what may pass is an error."""

from typing import TYPE_CHECKING

import boto3
import pytest
from botocore.exceptions import ClientError, ReadTimeoutError
from botocore.stub import ANY, Stubber
from moto import mock_aws

from functions.consumer import mailer as module
from functions.consumer.wiring import ONCE
from functions.effects.mailer import REFUSALS, mailer
from shared.effects import Email
from tests.consumer.world import PARTITION, REGION, mail
from tests.support.checked import checked

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mypy_boto3_sesv2 import SESV2Client

OPERATOR = "ops@example.com"
SENDER = "Acme <billing@example.com>"
MAIL = mail()


@pytest.fixture(autouse=True)
def plain_words(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the templates say is tested with the templates."""
    monkeypatch.setattr(module, "render", render)


def render(rendered: Email, business: str) -> tuple[str, str, str]:
    return f"A word from {business}", f"text: {rendered.data}", f"<p>{rendered.data}</p>"


def link_of(partition: str) -> str:
    return f"https://billhook.example/exports/{partition}"


@pytest.fixture
def ses() -> "Iterator[SESV2Client]":
    with mock_aws():
        yield boto3.client("sesv2", region_name=REGION, config=checked(ONCE))


def test_a_mail_is_sent_as_it_was_rendered_in_text_and_html(ses: "SESV2Client") -> None:
    subject, text, html = render(MAIL, "Acme")
    wanted = {
        "FromEmailAddress": SENDER,
        "Destination": {"ToAddresses": ["ann@example.com"]},
        "Content": {
            "Simple": {
                "Subject": {"Data": subject, "Charset": "UTF-8"},
                "Body": {"Text": {"Data": text, "Charset": "UTF-8"}, "Html": {"Data": html, "Charset": "UTF-8"}},
            }
        },
    }
    with Stubber(ses) as stub:
        stub.add_response("send_email", {"MessageId": "1"}, wanted)
        assert mailer(ses, SENDER, "Acme", OPERATOR, "https://example.com/exports/{}".format)(MAIL) == "sent"


def test_a_notice_to_the_operator_goes_to_the_operator(ses: "SESV2Client") -> None:
    notice = MAIL.model_copy(update={"audience": "operator", "to": None})
    with Stubber(ses) as stub:
        wanted = {"FromEmailAddress": SENDER, "Destination": {"ToAddresses": [OPERATOR]}, "Content": ANY}
        stub.add_response("send_email", {"MessageId": "1"}, wanted)
        assert mailer(ses, SENDER, "Acme", OPERATOR, "https://example.com/exports/{}".format)(notice) == "sent"


def test_a_notice_to_an_operator_who_gave_no_address_is_not_sent(ses: "SESV2Client") -> None:
    assert mailer(ses, SENDER, "Acme", "", link_of)(MAIL.model_copy(update={"audience": "operator"})) == "no address"


def test_the_link_to_an_export_is_made_only_when_its_mail_is_sent(ses: "SESV2Client") -> None:
    farewell = MAIL.model_copy(update={"data": {"export": True}})
    bodies: list[str] = []

    def note(params: dict[str, str], **_: object) -> None:
        bodies.append(params["body"])

    ses.create_email_identity(EmailIdentity="billing@example.com")
    ses.meta.events.register_first("before-call.sesv2.SendEmail", note)
    assert mailer(ses, "billing@example.com", "Acme", OPERATOR, link_of)(farewell) == "sent"
    assert link_of(PARTITION) in str(bodies)


def test_a_verified_sender_can_send(ses: "SESV2Client") -> None:
    ses.create_email_identity(EmailIdentity="billing@example.com")
    assert mailer(ses, "billing@example.com", "Acme", OPERATOR, "https://example.com/exports/{}".format)(MAIL) == "sent"


def test_a_sender_that_is_not_verified_is_refused(ses: "SESV2Client") -> None:
    assert (
        mailer(ses, SENDER, "Acme", OPERATOR, "https://example.com/exports/{}".format)(MAIL)
        == "refused: MessageRejected"
    )


@pytest.mark.parametrize("code", REFUSALS)
def test_what_ses_will_never_take_is_an_outcome(ses: "SESV2Client", code: str) -> None:
    with Stubber(ses) as stub:
        stub.add_client_error("send_email", code)
        assert (
            mailer(ses, SENDER, "Acme", OPERATOR, "https://example.com/exports/{}".format)(MAIL) == f"refused: {code}"
        )


@pytest.mark.parametrize("code", ["TooManyRequestsException", "LimitExceededException", "InternalFailure"])
def test_what_ses_may_take_later_is_an_error(ses: "SESV2Client", code: str) -> None:
    with Stubber(ses) as stub:
        stub.add_client_error("send_email", code)
        with pytest.raises(ClientError, match=code):
            mailer(ses, SENDER, "Acme", OPERATOR, "https://example.com/exports/{}".format)(MAIL)


def test_the_sdk_does_not_send_a_mail_again_because_the_answer_is_slow(ses: "SESV2Client") -> None:
    tries: list[str] = []

    def lose_answer(event_name: str, **_: object) -> None:
        tries.append(event_name)
        raise ReadTimeoutError(endpoint_url="https://email.example")

    ses.meta.events.register_last("before-send", lose_answer)
    with pytest.raises(ReadTimeoutError):
        mailer(ses, SENDER, "Acme", OPERATOR, "https://example.com/exports/{}".format)(MAIL)
    assert tries == ["before-send.sesv2.SendEmail"]
