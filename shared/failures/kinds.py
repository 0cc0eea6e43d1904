"""What kind of failure an error is, and how the inbox tells it: class, code and place, never a value of the event."""

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
"""What helps: waiting for hours; waiting longer each time; a person who deploys; a person who mends; nothing."""

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
    "InvalidRequestException",  # Secrets Manager's, of a secret that is marked for deletion
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
"""Parts of the codes of requests that this deployment may not make, or whose target is gone."""
PASSING = ("ExpiredToken", "RequestExpired", "RequestTimeout", "RequestTimeTooSkewed", "ServiceQuotaExceeded")
"""Refusals with a 4xx status that pass without anybody's doing."""

SERVER_ERROR = 500
"""From this HTTP status on it is the service that failed."""


@dataclass(frozen=True)
class Failure:
    """Why an attempt failed, in words that are safe to store and log."""

    error: str
    code: str
    where: str
    kind: Kind

    def __str__(self) -> str:
        """One line for the inbox and the logs."""
        return f"{self.error} {self.code}" + (f" at {self.where}" if self.where else "")


def failure_of(error: BaseException) -> Failure:
    """What to record of `error`. Its message is left out: services and validators quote values in theirs."""
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
        case ResponseParserError():  # an answer that is none, such as a proxy's page: AWS may have done what was asked
            return Failure(name, "no_answer", "", "service")
        case _:
            return Failure(name, "unexpected", raised_at(error), "bug")


def _of_the_sdk(name: str, error: BotoCoreError) -> Failure:
    """A call that did not reach AWS, or whose answer did not come."""
    if isinstance(error, ParamValidationError):
        return Failure("BotoCoreError", name, raised_at(error), "bug")
    missing = isinstance(error, NoCredentialsError | CredentialRetrievalError)
    return Failure("BotoCoreError", name, "", "deployment" if missing else "service")


def _code(error: ClientError) -> str:
    """AWS's code; that of a cancelled transaction's first failed part beside it."""
    code = str(error.response["Error"].get("Code", "unknown"))
    reasons: Any = error.response.get("CancellationReasons") or ()
    failed = next((str(reason["Code"]) for reason in reasons if reason.get("Code") not in {None, "None"}), None)
    return f"{code}.{failed}" if failed else code


def _kind(code: str, error: ClientError) -> Kind:
    status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", SERVER_ERROR)
    if any(part in code for part in THROTTLED):
        return "throttled"
    if any(part in code for part in DEPLOYMENT):
        return "deployment"
    if status >= SERVER_ERROR or any(part in code for part in PASSING):
        return "service"
    return "bug"
