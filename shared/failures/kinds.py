"""The kind of a failure, and its description for the inbox: class, code and place, never a value of the event."""

from dataclasses import dataclass
from typing import Any, Literal

from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    CredentialRetrievalError,
    NoCredentialsError,
    ParamValidationError,
)
from botocore.parsers import ResponseParserError

from shared.failures.errors import Permanent, Retryable, raised_at

type Kind = Literal["service", "throttled", "deployment", "bug", "permanent"]
"""What helps: hours of waiting; growing waits; a repaired deployment; repaired code; nothing."""

THROTTLED = (
    "Throttl",
    "ProvisionedThroughputExceeded",
    "RequestLimitExceeded",
    "TooManyRequests",
    "OverLimit",
    "SlowDown",
    "TransactionConflict",
    "TransactionInProgress",
    "PriorRequestNotComplete",
    "BandwidthLimitExceeded",
)
DEPLOYMENT = (
    "AccessDenied",
    "AuthorizationError",
    "KMS",
    "Kms",
    "DecryptionFailure",
    "InvalidAccessKeyId",
    "InvalidClientTokenId",
    "InvalidRequestException",  # Secrets Manager, for a secret that is marked for deletion
    "InvalidSignature",
    "NotAuthorized",
    "NoSuchBucket",
    "NonExistentQueue",
    "OptInRequired",
    "QueueDoesNotExist",
    "ResourceNotFound",
    "SignatureDoesNotMatch",
    "UnrecognizedClient",
)
"""Parts of error codes that mean: this deployment may not make the request, or its target is gone."""
PASSING = ("ExpiredToken", "RequestExpired", "RequestTimeout", "RequestTimeTooSkewed", "ServiceQuotaExceeded")
"""Parts of error codes with a 4xx status that pass by themselves."""

TOO_MANY = 429
"""The HTTP status of a throttled request, for an answer that names no error code."""
SERVER_ERROR = 500
"""From this HTTP status on, the service has failed."""


@dataclass(frozen=True)
class Failure:
    """Why an attempt failed, in words that are safe to store and to log."""

    error: str
    code: str
    where: str
    kind: Kind

    def __str__(self) -> str:
        """One line for the inbox and the logs."""
        return f"{self.error} {self.code}" + (f" at {self.where}" if self.where else "")


def failure_of(error: BaseException) -> Failure:
    """The record of `error`, without its message, because services and validators quote values there."""
    name = type(error).__name__
    match error:
        case Permanent():
            return Failure(name, error.code, error.where, "permanent")
        case Retryable():
            return Failure(name, error.code, "", error.kind)
        case ClientError():
            code = _code(error)
            return Failure(name, code, error.operation_name, _kind(code, error))
        case BotoCoreError():
            return _of_the_sdk(name, error)
        case ResponseParserError():  # no answer of AWS, such as a proxy's page; AWS may have executed the request
            return Failure(name, "no_answer", "", "service")
        case _:
            return Failure(name, "unexpected", raised_at(error), "bug")


def _of_the_sdk(name: str, error: BotoCoreError) -> Failure:
    """A call that did not reach AWS, or got no answer."""
    if isinstance(error, ParamValidationError):
        return Failure("BotoCoreError", name, raised_at(error), "bug")
    missing = isinstance(error, NoCredentialsError | CredentialRetrievalError)
    return Failure("BotoCoreError", name, "", "deployment" if missing else "service")


def _code(error: ClientError) -> str:
    """AWS's error code; for a cancelled transaction, also the code of its first failed part."""
    code = str(error.response["Error"].get("Code", "unknown"))
    reasons: Any = error.response.get("CancellationReasons") or ()
    failed = next((str(reason["Code"]) for reason in reasons if reason.get("Code") not in {None, "None"}), None)
    return f"{code}.{failed}" if failed else code


def _kind(code: str, error: ClientError) -> Kind:
    status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", SERVER_ERROR)
    if status == TOO_MANY or any(part in code for part in THROTTLED):
        return "throttled"
    if any(part in code for part in DEPLOYMENT):
        return "deployment"
    if status >= SERVER_ERROR or any(part in code for part in PASSING):
        return "service"
    return "bug"
