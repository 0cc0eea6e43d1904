"""The kind of each failure, by the answers of AWS; its text holds nothing of the event."""

import re
from typing import Any

import pytest
from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    ConnectionClosedError,
    ConnectTimeoutError,
    CredentialRetrievalError,
    EndpointConnectionError,
    NoCredentialsError,
    ParamValidationError,
    ReadTimeoutError,
    SSLError,
)
from botocore.loaders import Loader
from botocore.parsers import ResponseParserError
from botocore.retries.standard import ThrottledRetryableChecker

from shared.failures.errors import Contended, MailDeferred, Permanent, Retryable
from shared.failures.kinds import failure_of
from shared.tables.attributes import from_item

PERSONAL = "ann@example.com"
REASONS = ("None", "TransactionConflict", "ThrottlingError", "ProvisionedThroughputExceeded", "ValidationError")


def answer(code: str, status: int = 400, operation: str = "TransactWriteItems", **more: object) -> ClientError:
    """A refusal as botocore raises it."""
    told = {
        "Error": {"Code": code, "Message": f"One or more parameter values were invalid: {PERSONAL}"},
        "ResponseMetadata": {"HTTPStatusCode": status, "RequestId": "r", "HTTPHeaders": {}, "RetryAttempts": 2},
    }
    return ClientError(told | more, operation)  # type: ignore[arg-type] # as botocore parses it


def cancelled(*reasons: str) -> ClientError:
    listed = [{"Code": reason, "Message": PERSONAL} for reason in reasons]
    return answer("TransactionCanceledException", CancellationReasons=listed)


@pytest.mark.parametrize(
    ("code", "operation", "status"),
    [
        ("ProvisionedThroughputExceededException", "GetItem", 400),
        ("ThrottlingException", "UpdateItem", 400),
        ("RequestLimitExceeded", "PutItem", 400),
        ("TransactionConflictException", "PutItem", 400),
        ("TransactionInProgressException", "TransactWriteItems", 400),
        ("RequestThrottled", "SendMessage", 403),
        ("KMS.ThrottlingException", "SendMessage", 400),
        ("KmsThrottled", "SendMessage", 400),
        ("OverLimit", "ReceiveMessage", 403),
        ("ThrottlingException", "CreateSchedule", 429),
        ("TooManyRequestsException", "SendEmail", 429),
        ("Throttling", "PutEvents", 400),
        ("SlowDown", "PutObject", 503),
        ("429", "SendEmail", 429),  # an answer without a code, such as that of a proxy: botocore names its status
    ],
)
def test_who_asks_too_often_is_throttled(code: str, operation: str, status: int) -> None:
    assert failure_of(answer(code, status, operation)).kind == "throttled"


@pytest.mark.parametrize(
    "code",
    vars(ThrottledRetryableChecker)["_THROTTLED_ERROR_CODES"],
)
def test_what_the_sdk_takes_for_throttling_is_throttling_here(code: str) -> None:
    # With this one SES tells of a used-up quota, others of too many resources.
    assert (failure_of(answer(code)).kind == "throttled") is (code != "LimitExceededException")


@pytest.mark.parametrize(
    ("code", "operation", "status"),
    [
        ("AccessDeniedException", "TransactWriteItems", 400),
        ("AccessDenied", "SendMessage", 403),
        ("NotAuthorized", "SendMessage", 403),
        ("InvalidSignatureException", "SendEmail", 403),
        ("SignatureDoesNotMatch", "PutObject", 403),
        ("InvalidRequestException", "GetSecretValue", 400),
        ("OptInRequired", "SendEmail", 403),
        ("AccessDenied", "PutObject", 403),
        ("AccessDeniedException", "GetSecretValue", 400),
        ("AuthorizationErrorException", "PutEvents", 403),
        ("ResourceNotFoundException", "BatchGetItem", 400),
        ("ResourceNotFoundException", "CreateSchedule", 404),
        ("NoSuchBucket", "PutObject", 404),
        ("AWS.SimpleQueueService.NonExistentQueue", "SendMessage", 400),
        ("QueueDoesNotExist", "SendMessage", 400),
        ("KMS.DisabledException", "SendMessage", 400),
        ("KMS.NotFoundException", "PutObject", 400),
        ("KmsDisabled", "SendMessage", 400),
        ("KmsInvalidState", "SendMessage", 400),
        ("KMSInvalidStateException", "GetItem", 400),
        ("DecryptionFailure", "GetSecretValue", 400),
        ("UnrecognizedClientException", "GetItem", 400),
        ("InvalidClientTokenId", "SendMessage", 403),
        ("InvalidAccessKeyId", "PutObject", 403),
    ],
)
def test_what_this_deployment_may_not_do_or_lacks_is_its_own_fault(code: str, operation: str, status: int) -> None:
    assert failure_of(answer(code, status, operation)).kind == "deployment"


@pytest.mark.parametrize(
    ("code", "operation", "status"),
    [
        ("ValidationException", "TransactWriteItems", 400),
        ("ValidationException", "CreateSchedule", 400),
        ("SerializationException", "GetItem", 400),
        ("IdempotentParameterMismatchException", "TransactWriteItems", 400),
        ("InvalidParameterValue", "SendMessage", 400),
        ("InvalidMessageContents", "SendMessage", 400),
        ("BadRequestException", "SendEmail", 400),
        ("EntityTooLarge", "PutObject", 400),
        ("ConditionalCheckFailedException", "UpdateItem", 400),
    ],
)
def test_a_request_that_aws_calls_invalid_is_a_bug(code: str, operation: str, status: int) -> None:
    assert failure_of(answer(code, status, operation)).kind == "bug"


@pytest.mark.parametrize(
    ("code", "operation", "status"),
    [
        ("InternalServerError", "GetItem", 500),
        ("ServiceUnavailable", "PutItem", 503),
        ("InternalException", "PutEvents", 500),
        ("InternalServiceError", "GetSecretValue", 500),
        ("InternalFailure", "SendMessage", 500),
        ("503", "HeadObject", 503),
        ("ExpiredTokenException", "GetItem", 400),
        ("RequestExpired", "SendMessage", 400),
        ("RequestTimeout", "PutObject", 400),
        ("RequestTimeTooSkewed", "PutObject", 403),
        ("ServiceQuotaExceededException", "CreateSchedule", 402),
    ],
)
def test_what_passes_without_anybodys_doing_is_the_services_fault(code: str, operation: str, status: int) -> None:
    assert failure_of(answer(code, status, operation)).kind == "service"


@pytest.mark.parametrize(
    ("reasons", "kind", "told"),
    [
        (("None", "ValidationError", "None"), "bug", "ValidationError"),
        (("None", "ItemCollectionSizeLimitExceeded"), "bug", "ItemCollectionSizeLimitExceeded"),
        (("None", "None", "ThrottlingError"), "throttled", "ThrottlingError"),
        (("ProvisionedThroughputExceeded", "None"), "throttled", "ProvisionedThroughputExceeded"),
        (("TransactionConflict", "None"), "throttled", "TransactionConflict"),
        (("AccessDenied", "None"), "deployment", "AccessDenied"),
    ],
)
def test_a_cancelled_transaction_is_told_by_its_first_reason(reasons: tuple[str, ...], kind: str, told: str) -> None:
    failure = failure_of(cancelled(*reasons))
    assert (failure.kind, failure.code) == (kind, f"TransactionCanceledException.{told}")
    assert str(failure).endswith(f".{told} at TransactWriteItems")


def test_a_transaction_that_is_cancelled_without_reasons_is_told_by_its_code() -> None:
    assert failure_of(cancelled()).code == failure_of(cancelled("None")).code == "TransactionCanceledException"


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (EndpointConnectionError(endpoint_url=f"https://{PERSONAL}"), "service"),
        (ConnectTimeoutError(endpoint_url=f"https://{PERSONAL}"), "service"),
        (ReadTimeoutError(endpoint_url=f"https://{PERSONAL}"), "service"),
        (ConnectionClosedError(endpoint_url=f"https://{PERSONAL}"), "service"),
        (SSLError(endpoint_url=f"https://{PERSONAL}", error=OSError(PERSONAL)), "service"),
        (NoCredentialsError(), "deployment"),
        (CredentialRetrievalError(provider="container-role", error_msg=PERSONAL), "deployment"),
        (ParamValidationError(report=f"Invalid type for parameter Key, value: {PERSONAL}"), "bug"),
    ],
    ids=lambda one: type(one).__name__ if isinstance(one, BotoCoreError) else None,
)
def test_a_call_that_came_to_no_answer_is_told_by_its_class(error: BotoCoreError, kind: str) -> None:
    failure = failure_of(error)
    assert (failure.error, failure.code, failure.kind) == ("BotoCoreError", type(error).__name__, kind)


@pytest.mark.parametrize(
    ("error", "kind", "told"),
    [
        (Permanent("invoice_missing", "data.object.customer"), "permanent", "invoice_missing at data.object.customer"),
        (Retryable("rate_limit"), "service", "rate_limit"),
        (Contended("stale_record"), "throttled", "stale_record"),
        (MailDeferred("SendingPausedException", 3600), "service", "SendingPausedException"),
        (KeyError(PERSONAL), "bug", "unexpected"),
        (RecursionError(PERSONAL), "bug", "unexpected"),
    ],
    ids=lambda one: type(one).__name__ if isinstance(one, Exception) else None,
)
def test_an_error_of_our_own_says_what_helps(error: Exception, kind: str, told: str) -> None:
    failure = failure_of(error)
    assert (failure.kind, str(failure)) == (kind, f"{type(error).__name__} {told}")


def test_a_bug_is_told_with_the_line_of_ours_that_it_came_through() -> None:
    with pytest.raises(ValueError, match="unpack") as raised:
        from_item({"an attribute": {}})
    assert re.fullmatch(r"ValueError unexpected at shared\.tables\.attributes:\d+", str(failure_of(raised.value)))


@pytest.mark.parametrize("error", [answer("ValidationException"), cancelled(*REASONS), KeyError(PERSONAL)])
def test_nothing_that_aws_or_python_quotes_is_told(error: Exception) -> None:
    assert PERSONAL not in repr(failure_of(error))


def exceptions(service: str) -> list[tuple[str, int]]:
    """Every error that botocore's model of a service names, with its HTTP status."""
    shapes: dict[str, Any] = Loader().load_service_model(service, "service-2")["shapes"]
    return [
        (shape.get("error", {}).get("code", name), shape.get("error", {}).get("httpStatusCode", 400))
        for name, shape in shapes.items()
        if shape.get("exception")
    ]


@pytest.mark.parametrize("service", ["dynamodb", "sqs", "scheduler", "events", "s3", "secretsmanager", "sesv2"])
def test_no_refusal_that_aws_documents_counts_as_an_outage(service: str) -> None:
    refusals = [(code, status) for code, status in exceptions(service) if status < 500 and "Internal" not in code]
    assert refusals
    outages = {code for code, status in refusals if failure_of(answer(code, status)).kind == "service"}
    assert outages <= {"ServiceQuotaExceededException"}  # of schedules, which come due


def test_an_answer_that_nobody_can_read_is_an_outage() -> None:
    failure = failure_of(ResponseParserError(f"<html>{PERSONAL}</html>"))
    assert (str(failure), failure.kind) == ("ResponseParserError no_answer", "service")
