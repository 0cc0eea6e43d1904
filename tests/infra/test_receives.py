"""A queue's maxReceiveCount allows all the waits of a message before SQS dead-letters it."""

from random import Random

import pytest

from functions.effects.lane.retry import after_failure
from shared.effects.email import MAIL_EXPIRES_AFTER
from shared.failures.backoff import ATTEMPTS, FAULTY_FOR, before_uncounted, while_faulty
from shared.failures.errors import MailDeferred
from shared.inbox.progress import Progress
from shared.values.times import DAY, HOUR
from tests.consumer.tables import environment_of, property_of

FUNCTION_OF = {"EventsQueue": "ConsumerFunction", "EffectsQueue": "EffectsFunction", "MailsQueue": "EffectsFunction"}

each_queue = pytest.mark.parametrize("queue", FUNCTION_OF)


def most_receives(queue: str) -> int:
    """How often SQS hands a message out before it moves it to the dead-letter queue."""
    count: int = property_of(queue, "RedrivePolicy")["maxReceiveCount"]
    return count


def shortest(least: float, _most: float) -> float:
    return least


def while_the_deployment_is_at_fault() -> int:
    """Receives of an hour of waits that are as short as they may be, the one that gives up included."""
    return FAULTY_FOR // while_faulty(shortest) + 1


def receives_of_a_deferred_mail(error: MailDeferred) -> int:
    """Receives of a mail that SES defers until it expires, with waits that are as short as they may be."""
    progress, now, receives = Progress(), 0, 1
    while now < MAIL_EXPIRES_AFTER:
        progress = after_failure(progress, error, now, shortest, mail=True)
        now = progress.not_before
        receives += 1
    return receives


def receives_uncounted(seconds: int, seed: int) -> int:
    """Receives of a message that is put off uncounted for so long, with the jitter as it happens to fall."""
    jitter, waited, receives = Random(seed).uniform, 0, 1  # noqa: S311 - a jitter
    while waited < seconds:
        waited += before_uncounted(waited, jitter)
        receives += 1
    return receives


@pytest.mark.parametrize("queue", ["EventsQueue", "EffectsQueue"])
def test_an_hour_of_a_deployments_fault_fits_beside_all_the_retries(queue: str) -> None:
    retries = ATTEMPTS - 1
    # Effects of one event have attempts of their own: one that the deployment holds up, one whose service fails, a bug.
    beside = retries if queue == "EventsQueue" else 2 * retries
    assert while_the_deployment_is_at_fault() + beside < most_receives(queue)


def test_a_deployments_fault_that_follows_an_hour_of_throttling_fits() -> None:
    def receives(seed: int) -> int:
        jitter, faulty, count = Random(seed).uniform, 0, receives_uncounted(HOUR, seed)  # noqa: S311 - a jitter
        while faulty < FAULTY_FOR:
            faulty += while_faulty(jitter)
            count += 1
        return count

    assert max(map(receives, range(300))) < most_receives("EventsQueue")


@pytest.mark.parametrize("queue", ["EventsQueue", "EffectsQueue"])
def test_a_day_of_a_throttled_table_fits(queue: str) -> None:
    assert max(receives_uncounted(DAY, seed) for seed in range(300)) < most_receives(queue)


def test_a_wait_for_a_later_hour_fits_since_it_goes_on_by_a_new_message() -> None:
    # SQS hands the new message out at once, and again when its hour has come. Then another new message goes on.
    of_the_limit = 2
    beside = while_the_deployment_is_at_fault() + 2 * (ATTEMPTS - 1)
    assert of_the_limit + beside < most_receives("EffectsQueue")
    longest = 2 * HOUR
    assert longest < property_of("EffectsQueue", "MessageRetentionPeriod")


@pytest.mark.parametrize("asked", [60, HOUR], ids=["over the sending rate", "a used-up day"])
def test_a_mail_deferred_until_it_expires_fits_with_an_hour_of_a_deployments_fault(asked: int) -> None:
    deferred = receives_of_a_deferred_mail(MailDeferred("TooManyRequestsException", asked))
    assert deferred > MAIL_EXPIRES_AFTER // HOUR
    assert deferred + while_the_deployment_is_at_fault() < most_receives("MailsQueue")


def test_a_mail_that_rests_or_waits_for_its_export_until_it_expires_fits() -> None:
    assert max(receives_uncounted(MAIL_EXPIRES_AFTER, seed) for seed in range(300)) < most_receives("MailsQueue")


def test_a_mail_expires_before_its_queue_forgets_it_and_a_dead_letter_outlives_it() -> None:
    kept = property_of("MailsQueue", "MessageRetentionPeriod")
    assert MAIL_EXPIRES_AFTER < kept < property_of("MailsDeadLetterQueue", "MessageRetentionPeriod")
    assert property_of("EffectsQueue", "MessageRetentionPeriod") < property_of(
        "EffectsDeadLetterQueue", "MessageRetentionPeriod"
    )


@each_queue
def test_a_message_stays_hidden_for_six_of_its_functions_timeouts_as_lambda_asks_for(queue: str) -> None:
    assert property_of(queue, "VisibilityTimeout") >= 6 * property_of(FUNCTION_OF[queue], "Timeout")


@each_queue
def test_a_lease_outlives_the_function_and_the_message_stays_hidden_for_longer(queue: str) -> None:
    lease = int(environment_of(FUNCTION_OF[queue])["LEASE_SECONDS"])
    assert property_of(FUNCTION_OF[queue], "Timeout") < lease < property_of(queue, "VisibilityTimeout")
