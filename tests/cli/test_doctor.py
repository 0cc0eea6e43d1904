"""`billhook doctor` finds what is wrong with a deployed stack, and says what to type."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
import stripe
from moto import mock_aws
from stripe import StripeClient

import cli.doctor.doctor as command
from cli.command import main
from cli.operate.endpoint_plan import types_for
from cli.where import Where
from tests.cli.deployed_stack import REGION, URL, ListingApi, Stack
from tests.cli.stripe_api import served

OURS = {"cloudformation", "sesv2"}
"""What moto does not answer, or not without packages that nothing else needs."""


@pytest.fixture
def stack(monkeypatch: pytest.MonkeyPatch) -> Iterator[Stack]:
    monkeypatch.setenv("AWS_DEFAULT_REGION", REGION)
    monkeypatch.setenv("AWS_REGION", REGION)
    monkeypatch.delenv("STRIPE_API_KEY", raising=False)
    http = stripe.RequestsClient()
    with mock_aws(), served(api := ListingApi()) as url:
        made = Stack(api)
        aws = Where.client
        monkeypatch.setattr(Where, "client", lambda here, name: made if name in OURS else aws(here, name))
        monkeypatch.setattr(command, "_post", made.post)
        monkeypatch.setattr(
            command,
            "client_of",
            lambda key: StripeClient(key, base_addresses={"api": url}, http_client=http, max_network_retries=0),
        )
        yield made
    http.close()  # type: ignore[no-untyped-call] # the SDK's


@pytest.fixture
def doctor(capsys: pytest.CaptureFixture[str]) -> "Doctor":
    return Doctor(capsys)


class Doctor:
    """The command, and what it printed."""

    def __init__(self, capsys: pytest.CaptureFixture[str]) -> None:
        self._capsys = capsys

    def finds(self, *arguments: str) -> tuple[int, dict[str, list[tuple[str, str, str]]]]:
        code = main(["doctor", "--stack", "acme", "--json", *arguments])
        found: dict[str, list[tuple[str, str, str]]] = {}
        for one in json.loads(self._capsys.readouterr().out):
            found.setdefault(one["about"], []).append((one["level"], one["says"], one["do"]))
        return code, found


def wrong(found: dict[str, list[tuple[str, str, str]]]) -> dict[str, list[tuple[str, str]]]:
    return {
        about: told
        for about, all_ in found.items()
        if (told := [(says, do) for level, says, do in all_ if level != "ok"])
    }


def test_a_stack_that_is_right_has_only_good_findings(stack: Stack, doctor: Doctor) -> None:
    code, found = doctor.finds()
    assert (code, wrong(found)) == (0, {})
    ((url, body),) = stack.posted
    assert (url, json.loads(body)["type"], json.loads(body)["livemode"]) == (f"{URL}/direct", "billhook.ping", False)


def test_the_findings_are_lines_for_a_person(stack: Stack, capsys: pytest.CaptureFixture[str]) -> None:
    stack.secrets.put_secret_value(SecretId="acme/stripe-signing-secrets", SecretString="{}")
    assert main(["doctor", "--stack", "acme"]) == 1
    told = capsys.readouterr().out
    assert "ok      alarms: 1 alarms are armed and quiet\n" in told
    assert "WRONG   signing secrets: none is stored, and every event gets 400\n         → ./billhook endpoint" in told


def test_no_ping_is_posted_if_so_asked(stack: Stack, doctor: Doctor) -> None:
    doctor.finds("--no-ping")
    assert stack.posted == []


@pytest.mark.parametrize(
    ("status", "about", "says"),
    [
        (400, "signing secrets", "direct: ingest refused its newest secret"),
        (503, "webhook URL", "direct: the webhook URL answered 503"),
        (0, "webhook URL", "direct: the webhook URL answered nothing"),
    ],
)
def test_a_ping_that_is_not_accepted_is_found(stack: Stack, doctor: Doctor, status: int, about: str, says: str) -> None:
    stack.status = status
    code, found = doctor.finds()
    assert (code, [told for told, _ in wrong(found)[about]]) == (1, [says])


def test_an_alarm_that_tells_nobody_is_found_with_the_command(stack: Stack, doctor: Doctor) -> None:
    stack.alarm("acme-dead-mails", armed=False)
    do = "aws cloudwatch enable-alarm-actions --alarm-names acme-dead-mails"
    assert wrong(doctor.finds()[1]) == {"alarms": [("1 of 2 alarms tell nobody", do)]}


def test_an_alarm_that_is_loud_is_named(stack: Stack, doctor: Doctor) -> None:
    stack.alarms.set_alarm_state(AlarmName="acme-dead-events", StateValue="ALARM", StateReason="test")
    ((says, _),) = wrong(doctor.finds()[1])["alarms"]
    assert says == "in alarm: dead-events"


def test_alarms_that_nobody_hears_are_found(stack: Stack, doctor: Doctor) -> None:
    for one in stack.sns.list_subscriptions()["Subscriptions"]:
        stack.sns.unsubscribe(SubscriptionArn=one["SubscriptionArn"])
    ((says, do),) = wrong(doctor.finds()[1])["alarm topic"]
    assert says == "nobody hears the alarms"
    assert do.startswith(f"aws sns subscribe --topic-arn {stack.topic} ")


def test_dead_letters_are_counted_by_queue(stack: Stack, doctor: Doctor) -> None:
    for name in ("acme-effects-dlq", "acme-scheduler-dlq"):
        stack.sqs.send_message(QueueUrl=stack.sqs.get_queue_url(QueueName=name)["QueueUrl"], MessageBody="dead")
    assert wrong(doctor.finds()[1])["dead letters"][0][0] == "dead: 1 effects, 1 messages of Scheduler"


@pytest.mark.parametrize(
    ("sending", "says"),
    [
        ({"ProductionAccessEnabled": False}, "it is in the sandbox, and sends to verified addresses only"),
        ({"SendingEnabled": False}, "sending is paused"),
        ({"SendQuota": {"Max24HourSend": 200.0, "SentLast24Hours": 161.0}}, "161 of 200 mails of the day are sent"),
    ],
)
def test_a_mail_service_that_sends_little_is_found(
    stack: Stack, doctor: Doctor, sending: dict[str, object], says: str
) -> None:
    stack.sending |= sending
    assert wrong(doctor.finds()[1])["Amazon SES"][0][0] == says


def test_a_sender_that_amazon_ses_does_not_know_is_found(stack: Stack, doctor: Doctor) -> None:
    stack.ses.delete_email_identity(EmailIdentity="billing@acme.example")
    ((says, do),) = wrong(doctor.finds()[1])["mail sender"]
    assert says == "Amazon SES knows neither billing@acme.example nor acme.example"
    assert "--email-identity acme.example" in do


def test_a_sender_whose_verification_is_pending_is_found(stack: Stack, doctor: Doctor) -> None:
    stack.verified = False
    assert wrong(doctor.finds()[1])["mail sender"][0][0] == "billing@acme.example is not verified yet"


def test_a_key_of_the_other_mode_is_found_and_not_shown(stack: Stack, doctor: Doctor) -> None:
    stack.store("stripe-api-key", "rk_live_thiskeyisnottold")
    code, found = doctor.finds()
    says, do = wrong(found)["Stripe key"][0]
    assert (code, says) == (1, "it is a live-mode key, and the stack has Livemode=false")
    assert "thiskeyisnottold" not in says + do


def test_a_key_that_may_not_read_customers_is_found(stack: Stack, doctor: Doctor) -> None:
    stack.api.hidden = {"customers"}
    assert wrong(doctor.finds()[1])["Stripe key"][0][0] == "Stripe refuses to list customers (403)"


def test_a_key_that_may_not_read_sessions_is_found_if_orders_are_to_have_lines(
    stack: Stack, doctor: Doctor, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    stack.api.hidden = {"checkout.sessions"}
    assert "Stripe key" not in wrong(doctor.finds()[1])
    monkeypatch.setattr("cli.doctor.doctor.PLANS", tmp_path / "plans.toml")
    (tmp_path / "plans.toml").write_text('[orders]\nlines = "stripe"\n')
    assert wrong(doctor.finds()[1])["Stripe key"][0][0] == "Stripe refuses to list checkout.sessions (403)"
    stack.api.hidden = set()
    assert "Stripe key" not in wrong(doctor.finds()[1])


def test_without_a_key_the_endpoints_are_unknown_and_nothing_is_wrong(stack: Stack, doctor: Doctor) -> None:
    stack.store("stripe-api-key", "none")
    code, found = doctor.finds()
    assert (code, set(wrong(found))) == (0, {"Stripe key", "endpoints"})


def test_a_disabled_endpoint_is_found(stack: Stack, doctor: Doctor) -> None:
    stack.api.endpoints[stack.endpoint]["status"] = "disabled"
    ((says, do),) = wrong(doctor.finds()[1])["endpoints"]
    assert says.startswith(f"direct: enable {stack.endpoint} again")
    assert do == "./billhook endpoint --stack acme"


def test_an_endpoint_that_lacks_a_type_is_found(stack: Stack, doctor: Doctor) -> None:
    stack.api.endpoints[stack.endpoint]["enabled_events"] = types_for("direct")[1:]
    ((says, _),) = wrong(doctor.finds()[1])["endpoints"]
    assert says == f"direct: update {stack.endpoint}: +{types_for('direct')[0]}"


def test_a_stack_without_an_endpoint_is_told_so(stack: Stack, doctor: Doctor) -> None:
    stack.api.endpoints.clear()
    assert wrong(doctor.finds()[1])["endpoints"][0][0] == f"Stripe has none for {URL}"


def test_a_deployment_that_was_rolled_back_is_found(stack: Stack, doctor: Doctor) -> None:
    stack.state = "UPDATE_ROLLBACK_COMPLETE"
    ((says, _),) = wrong(doctor.finds()[1])["stack"]
    assert says == "UPDATE_ROLLBACK_COMPLETE: the last deployment did not end well"


def test_a_look_that_aws_refuses_is_unknown_and_the_others_go_on(stack: Stack, doctor: Doctor) -> None:
    stack.sqs.delete_queue(QueueUrl=stack.sqs.get_queue_url(QueueName="acme-mails-dlq")["QueueUrl"])
    code, found = doctor.finds()
    assert (code, found["dead letters"][0][0], found["endpoints"][0][0]) == (0, "unknown", "ok")


def test_a_doctor_without_a_stack_asks_for_one(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["doctor"]) == 1
    assert capsys.readouterr().err == "name the stack to look at: --stack billhook\n"
