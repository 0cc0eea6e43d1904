"""A mail is handed to SES once; one that SES will never take is an outcome, and only what may pass is an error."""

from typing import TYPE_CHECKING

import boto3
import pytest
from botocore.exceptions import ClientError, ReadTimeoutError
from botocore.stub import ANY, Stubber
from moto import mock_aws

from functions.consumer.mailer import REFUSALS, mailer
from functions.consumer.mails.render import render
from functions.consumer.wiring import ONCE
from shared.effects import Email
from tests.consumer.world import NOW, PARTITION, REGION

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mypy_boto3_sesv2 import SESV2Client

OPERATOR = "ops@example.com"
SENDER = "Acme <billing@example.com>"
MAIL = Email(
    template="payment_failed",
    to="ann@example.com",
    partition=PARTITION,
    key="told",
    expires=NOW,
    data={
        "name": "Ann",
        "amount": 1200,
        "currency": "usd",
        "number": "A-1",
        "next_attempt": NOW,
        "url": "https://pay.example/in_1",
    },
)


@pytest.fixture
def ses() -> "Iterator[SESV2Client]":
    with mock_aws():
        yield boto3.client("sesv2", region_name=REGION, config=ONCE)


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
    assert mailer(ses, SENDER, "Acme", "")(MAIL.model_copy(update={"audience": "operator"})) == "no address"


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
