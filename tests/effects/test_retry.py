"""A failed effect is tried again as its kind of failure needs, or given up."""

import pytest
from botocore.exceptions import ClientError, ConnectTimeoutError

from functions.effects.lane.retry import after_failure
from shared.effects.email import MAIL_EXPIRES_AFTER
from shared.failures.backoff import ATTEMPTS, BUG, SERVICE
from shared.failures.errors import MailDeferred, Permanent, Retryable
from shared.inbox.progress import Progress
from shared.values.times import DAY, HOUR
from tests.consumer.examples import NOW
from tests.effects.ses import refusal

SILENT = ConnectTimeoutError(endpoint_url="https://service.example")
DENIED = refusal("AccessDeniedException")
THROTTLED = refusal("ThrottlingException")
MALFORMED = refusal("ValidationException")
RESTING, QUOTA = MailDeferred("resting", 60), MailDeferred("TooManyRequestsException", HOUR)


def longest(_least: float, most: float) -> float:
    return most


def shortest(least: float, _most: float) -> float:
    return least


def after(progress: Progress, error: Exception, now: float = NOW, *, mail: bool = False) -> Progress:
    return after_failure(progress, error, now, longest, mail=mail)


def waits(error: Exception, *, mail: bool = False, times: int = 1000) -> list[int]:
    """The waits between the attempts of an effect that always fails so, until it is given up, at most `times`."""
    progress, now, found = Progress(), NOW, list[int]()
    while len(found) < times:
        progress = after(progress, error, now, mail=mail)
        if progress.failed_ms is not None:
            break
        found.append(progress.not_before - now)
        now = progress.not_before
    return found


@pytest.mark.parametrize("error", [SILENT, THROTTLED, Retryable("rate_limit")], ids=["silent", "throttled", "stripe"])
def test_a_service_that_fails_is_tried_7_times_more_over_hours(error: Exception) -> None:
    assert waits(error) == [*SERVICE]
    assert len(SERVICE) == ATTEMPTS - 1


@pytest.mark.parametrize("error", [KeyError("a bug"), MALFORMED], ids=["our own", "a request that AWS rejects"])
@pytest.mark.parametrize("mail", [False, True])
def test_a_bug_is_tried_7_times_more_over_minutes(error: Exception, *, mail: bool) -> None:
    assert waits(error, mail=mail) == [*BUG]


@pytest.mark.parametrize("mail", [False, True])
def test_a_deployment_at_fault_is_waited_out_for_an_hour_uncounted(*, mail: bool) -> None:
    assert waits(DENIED, mail=mail) == [60] * 60
    assert after(Progress(), DENIED, mail=mail) == Progress(
        faulty_since=NOW, not_before=NOW + 60, error="ClientError AccessDeniedException at SendEmail"
    )


@pytest.mark.parametrize("mail", [False, True])
def test_what_can_never_be_performed_is_given_up_at_once(*, mail: bool) -> None:
    given_up = after(Progress(attempts=2), Permanent("not_for_us"), NOW + 0.5, mail=mail)
    assert given_up == Progress(attempts=3, failed_ms=NOW * 1000 + 500, error="Permanent not_for_us")


def test_an_effect_that_is_given_up_was_tried_8_times() -> None:
    progress = Progress()
    for _ in range(ATTEMPTS):
        progress = after(progress, SILENT)
    assert (progress.attempts, progress.not_before, progress.failed_ms) == (ATTEMPTS, 0, NOW * 1000)


@pytest.mark.parametrize("error", [QUOTA, SILENT, THROTTLED], ids=["quota", "silent", "throttled"])
def test_a_mail_is_tried_by_the_hour_and_never_given_up(error: Exception) -> None:
    found = waits(error, mail=True, times=100)
    assert found[8:] == [HOUR] * 92
    assert sum(found) > MAIL_EXPIRES_AFTER


def test_a_mail_that_got_no_answer_is_tried_again_soon_at_first() -> None:
    assert waits(SILENT, mail=True, times=9) == [30, 60, 120, 240, 480, 960, 1920, HOUR, HOUR]


def test_a_mail_that_ses_defers_waits_as_long_as_ses_asks_for_from_the_first_time_on() -> None:
    assert waits(QUOTA, mail=True, times=2) == [HOUR, HOUR]
    assert waits(RESTING, mail=True, times=4) == [60, 60, 120, 240]


def test_a_mail_that_was_deferred_for_hours_has_all_its_tries_left_for_a_bug() -> None:
    progress = Progress()
    for _ in range(ATTEMPTS + 2):
        progress = after(progress, QUOTA, mail=True)
    failed = after(progress, KeyError("a bug"), mail=True)
    assert (failed.attempts, failed.failed_ms, failed.not_before) == (1, None, NOW + BUG[0])


def test_mails_that_were_deferred_together_return_apart() -> None:
    soonest = after_failure(Progress(), QUOTA, NOW, shortest, mail=True)
    assert soonest.not_before == NOW + HOUR * 3 // 4


@pytest.mark.parametrize(("error", "mail"), [(KeyError("a bug"), False), (SILENT, False), (QUOTA, True)])
def test_a_deployments_hour_begins_anew_after_any_other_failure(error: Exception, *, mail: bool) -> None:
    faulty = after(Progress(), DENIED, mail=mail)
    since = after(faulty, error, NOW + 60, mail=mail)
    assert since.faulty_since == 0
    assert after(since, DENIED, NOW + DAY, mail=mail).failed_ms is None


def test_a_deployments_fault_leaves_the_attempts_as_they_were() -> None:
    assert after(Progress(attempts=3), DENIED).attempts == 3


@pytest.mark.parametrize("error", [SILENT, DENIED, KeyError("a bug"), Permanent("not_for_us"), QUOTA])
def test_how_far_a_long_erasure_has_come_outlasts_any_failure(error: Exception) -> None:
    failed = after(Progress(cursor="half", rounds=7), error)
    assert (failed.cursor, failed.rounds) == ("half", 7)


def test_an_error_is_told_without_the_words_of_the_service() -> None:
    quoted: ClientError = refusal("InternalFailure", "ann@example.com")
    assert "ann" not in str(after(Progress(), quoted).error)
