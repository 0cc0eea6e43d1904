"""SES gets each mail once; a refusal for good is an outcome, and a passing failure is waited out."""

from typing import TYPE_CHECKING, Any

import boto3
import pytest
from botocore.exceptions import ClientError, ConnectionClosedError, ReadTimeoutError
from botocore.stub import ANY, Stubber
from moto import mock_aws

from functions.effects.mails import mailer as module
from functions.effects.mails.mailer import PAUSED, REFUSALS, REST
from functions.effects.wiring import ONCE
from shared.failures.errors import MailDeferred
from shared.values.times import HOUR
from tests.consumer.examples import REGION, mail
from tests.consumer.world import Clock
from tests.effects.ses import OPERATOR, QUOTA, RATE, SENDER, Ses, mailer_of, refusal
from tests.support.checked import checked

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mypy_boto3_sesv2 import SESV2Client

MAIL = mail()
SILENT = ReadTimeoutError(endpoint_url="https://email.example")
CLOSED = ConnectionClosedError(endpoint_url="https://email.example")


@pytest.fixture(autouse=True)
def plain_words(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the templates say is tested with the templates."""
    monkeypatch.setattr(module, "render", render)


def render(rendered: Any, business: str, _own: object = None) -> tuple[str, str, str]:  # noqa: ANN401 - it shows whatever it is given
    return f"A word from {business}", f"text: {rendered.data}", f"<p>{rendered.data}</p>"


@pytest.fixture
def ses() -> "Iterator[SESV2Client]":
    with mock_aws():
        yield boto3.client("sesv2", region_name=REGION, config=checked(ONCE))


def deferred(ses: Ses, **changes: Any) -> MailDeferred:  # noqa: ANN401 - arguments of mailer_of
    with pytest.raises(MailDeferred) as raised:
        mailer_of(ses, **changes).send(MAIL)
    return raised.value


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
        assert mailer_of(ses).send(MAIL) == "sent"


def test_a_notice_to_the_operator_goes_to_the_operator(ses: "SESV2Client") -> None:
    notice = MAIL.model_copy(update={"audience": "operator", "to": None})
    with Stubber(ses) as stub:
        wanted = {"FromEmailAddress": SENDER, "Destination": {"ToAddresses": [OPERATOR]}, "Content": ANY}
        stub.add_response("send_email", {"MessageId": "1"}, wanted)
        assert mailer_of(ses).send(notice) == "sent"


def test_a_notice_to_an_operator_who_gave_no_address_is_not_sent(ses: "SESV2Client") -> None:
    assert mailer_of(ses, operator="").send(MAIL.model_copy(update={"audience": "operator"})) == "no address"


def test_a_verified_sender_can_send(ses: "SESV2Client") -> None:
    ses.create_email_identity(EmailIdentity="billing@example.com")
    assert mailer_of(ses, sender="billing@example.com").send(MAIL) == "sent"


def test_a_sender_that_is_not_verified_is_refused(ses: "SESV2Client") -> None:
    assert mailer_of(ses).send(MAIL) == "refused: MessageRejected"


@pytest.mark.parametrize("code", REFUSALS)
def test_what_ses_will_never_take_is_an_outcome_and_no_reason_to_rest(code: str) -> None:
    mailer = mailer_of(Ses([refusal(code)]))
    assert mailer.send(MAIL) == f"refused: {code}"
    assert not mailer.resting


@pytest.mark.parametrize("code", ["InternalFailure", "AccessDeniedException"])
def test_any_other_answer_is_an_error_of_its_own_kind(code: str) -> None:
    with pytest.raises(ClientError, match=code):
        mailer_of(Ses([refusal(code)])).send(MAIL)


@pytest.mark.parametrize("code", ["TooManyRequestsException", "ThrottlingException", "Throttling"])
def test_a_mail_over_the_sending_rate_is_tried_again_at_once_after_a_short_pause(code: str) -> None:
    ses, pauses = Ses([refusal(code, RATE[1]), refusal(code, RATE[1])]), list[float]()
    assert mailer_of(ses, pauses=pauses).send(MAIL) == "sent"
    assert (len(ses.taken), pauses) == (1, [1, 1])


def test_a_mail_that_stays_over_the_sending_rate_is_deferred_by_a_minute() -> None:
    ses = Ses([refusal(*RATE)] * 3)
    trouble = deferred(ses)
    assert (trouble.code, trouble.seconds, ses.calls) == ("TooManyRequestsException", REST, 3)


@pytest.mark.parametrize("trouble", [QUOTA, *((code, "") for code in PAUSED)])
def test_what_a_person_or_the_next_day_ends_is_asked_about_by_the_hour(trouble: tuple[str, str]) -> None:
    ses = Ses([refusal(*trouble)])
    assert (deferred(ses).seconds, ses.calls) == (HOUR, 1)


@pytest.mark.parametrize("errors", [[refusal(*RATE)] * 3, [refusal(*QUOTA)], [SILENT], [CLOSED, CLOSED]])
def test_after_a_throttle_or_no_answer_ses_is_left_alone_for_a_minute(errors: list[Exception]) -> None:
    ses, clock = Ses([*errors]), Clock()
    mailer = mailer_of(ses, clock)
    with pytest.raises((MailDeferred, ReadTimeoutError, ConnectionClosedError)):
        mailer.send(MAIL)
    calls = ses.calls
    clock.now += REST - 1
    assert mailer.resting == 1
    with pytest.raises(MailDeferred, match="resting"):
        mailer.send(MAIL)
    assert ses.calls == calls
    clock.now += 1
    assert mailer.resting == 0
    assert mailer.send(MAIL) == "sent"


def test_a_mail_without_an_address_need_not_wait_for_ses() -> None:
    mailer = mailer_of(Ses([refusal(*QUOTA)]), operator="")
    with pytest.raises(MailDeferred):
        mailer.send(MAIL)
    assert mailer.send(MAIL.model_copy(update={"audience": "operator"})) == "no address"


def test_a_mail_is_not_sent_again_because_the_answer_is_slow() -> None:
    ses = Ses([SILENT])
    with pytest.raises(ReadTimeoutError):
        mailer_of(ses).send(MAIL)
    assert ses.calls == 1


def test_the_sdk_does_not_send_it_again_either(ses: "SESV2Client") -> None:
    tries: list[str] = []

    def lose_answer(event_name: str, **_: object) -> None:
        tries.append(event_name)
        raise SILENT

    ses.meta.events.register_last("before-send", lose_answer)
    with pytest.raises(ReadTimeoutError):
        mailer_of(ses).send(MAIL)
    assert tries == ["before-send.sesv2.SendEmail"]


def test_a_mail_goes_to_its_address_as_ses_takes_it() -> None:
    ses = Ses()
    assert mailer_of(ses).send(mail(to=" studio@straße.example ")) == "sent"
    assert ses.taken[0]["Destination"] == {"ToAddresses": ["studio@xn--strae-oqa.example"]}


@pytest.mark.parametrize("to", ["büro@example.com", "nobody", "a b@example.com"])
def test_a_mail_to_an_address_that_ses_cannot_take_is_recorded_and_not_sent(to: str) -> None:
    ses = Ses()
    assert mailer_of(ses).send(mail(to=to)) == "refused: address"
    assert ses.taken == []
