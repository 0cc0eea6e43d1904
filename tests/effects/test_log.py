"""Every message leaves one line in the log with ids, states and outcomes; nothing in it is personal."""

import pytest

from functions.effects.metrics import LATE
from shared.failures.errors import Permanent, Unforeseen
from tests.consumer.examples import NOW, announcement, mail, reminder
from tests.effects.invoking import Lambda
from tests.effects.owed_effects import UNREACHABLE, owe
from tests.effects.records import record
from tests.effects.ses import refusal
from tests.support.mails import FULL

MAIL = mail().model_copy(update={"data": FULL["receipt"]})
LOGGERS = {"level", "location", "timestamp", "service"}
"""What Powertools adds."""


@pytest.fixture(scope="module")
def engine() -> str:
    return "moto"


def test_a_performed_lane_leaves_one_line_of_ids_states_and_outcomes(worker: Lambda) -> None:
    owe(worker.world, MAIL)
    worker.world.clock.now += 5
    worker.handle(record("mails"))
    (line,) = worker.lines()
    assert line["level"] == "INFO"
    assert {name: line[name] for name in line.keys() - LOGGERS - {"_aws"}} == {
        "message": "performed",
        "event_id": "evt_1",
        "lane": "mails",
        "type": "invoice.payment_failed",
        "account": "acct_1",
        "message_id": "mails of evt_1",
        "outcomes": ["sent"],
        "since_committed_ms": 5000,
        "Done": 1,
        "Sent": 1,
        "OwedMailsSeconds": 5,
    }
    assert line["_aws"]["Timestamp"] == (NOW + 5) * 1000


def test_what_waits_says_why_and_for_how_long(worker: Lambda) -> None:
    worker.world.services.reminder_errors = [UNREACHABLE]
    owe(worker.world, reminder(), announcement())
    worker.expect_wait(60)
    worker.handle(record())
    (line,) = worker.lines()
    assert (line["message"], line["level"], line["again_in_s"]) == ("waits", "INFO", 60)
    assert (line["error"], line["outcomes"]) == ("BotoCoreError EndpointConnectionError", ["published"])


@pytest.mark.parametrize("late", [False, True])
def test_what_is_owed_for_too_long_is_a_warning(worker: Lambda, *, late: bool) -> None:
    worker.world.services.reminder_errors = [UNREACHABLE]
    owe(worker.world, reminder())
    worker.world.clock.now += LATE["effects"] + late
    worker.expect_wait(60)
    worker.handle(record())
    assert [line["level"] for line in worker.lines()] == ["WARN" if late else "INFO"]


def test_a_deployment_at_fault_is_a_warning_and_counted(worker: Lambda) -> None:
    worker.world.services.reminder_errors = [refusal("AccessDeniedException")]
    owe(worker.world, reminder())
    worker.expect_wait(60)
    worker.handle(record())
    (line,) = worker.lines()
    assert (line["message"], line["level"], line["DeploymentFault"]) == ("waits", "WARN", 1)


def test_a_table_that_the_worker_may_not_write_is_the_deployments_fault(worker: Lambda) -> None:
    owe(worker.world, reminder())
    worker.world.faults.refuse("UpdateItem", "AccessDeniedException")
    worker.expect_wait(60)
    worker.handle(record())
    (line,) = worker.lines()
    assert (line["message"], line["level"], line["DeploymentFault"]) == ("unrecorded", "ERROR", 1)


def test_a_failure_is_logged_as_an_error_that_names_no_value(worker: Lambda) -> None:
    worker.world.services.reminder_errors = [Permanent("not_for_us", "remind.at")]
    owe(worker.world, reminder())
    worker.expect_wait(0)
    worker.handle(record())
    (line,) = worker.lines()
    assert (line["message"], line["level"]) == ("failed", "ERROR")
    assert line["error"] == "Permanent not_for_us at remind.at"


def test_no_name_address_customer_or_text_of_a_service_is_logged(worker: Lambda) -> None:
    worker.ses.errors = [refusal("InternalFailure", "ann@example.com is not well"), None]
    owe(worker.world, mail("one").model_copy(update={"data": FULL["receipt"]}), MAIL, reminder())
    worker.expect_wait(2, "mails")
    worker.handle(record("mails"))
    worker.handle(record("effects"))
    assert not [secret for secret in ("ann", "cus_1", "in_1") if secret in worker.log.getvalue().lower()]


def test_a_bug_is_told_by_its_place_and_not_by_its_words(worker: Lambda) -> None:
    owe(worker.world, reminder())
    worker.world.write_inbox({"outbox": '[{"kind": "of ann@example.com"}]'})
    with pytest.raises(Unforeseen, match=r"^ValidationError at shared\.inbox\.outbox:\d+$") as raised:
        worker.handle(record())
    assert raised.value.__cause__ is None
    assert raised.value.__suppress_context__


@pytest.mark.parametrize("code", ["MessageNotInflight", "ReceiptHandleIsInvalid", "InvalidParameterValue"])
def test_a_message_that_another_receive_has_by_now_is_no_error(worker: Lambda, code: str) -> None:
    worker.world.services.reminder_errors = [UNREACHABLE]
    owe(worker.world, reminder())
    worker.queue.add_client_error("change_message_visibility", code)
    assert worker.handle(record()) == ["effects of evt_1"]
    assert worker.states() == ["waits"]


def test_a_queue_that_refuses_is_logged_and_its_own_timeout_shows_the_message_again(worker: Lambda) -> None:
    worker.world.services.reminder_errors = [UNREACHABLE]
    owe(worker.world, reminder())
    worker.queue.add_client_error("change_message_visibility", "AccessDenied", "ann@example.com")
    assert worker.handle(record()) == ["effects of evt_1"]
    warning = worker.lines()[-1]
    assert (warning["level"], warning["code"], warning["event_id"]) == ("WARN", "AccessDenied", "evt_1")
