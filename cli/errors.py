"""Errors in words: each names the fault and the command that helps, without a traceback."""


class RefusedError(Exception):
    """A command cannot do its work; the text says why, and the next step."""


def in_words(error: Exception) -> str | None:  # noqa: PLR0911 - a table
    """What a person reads about an error that a command may meet; None if it is a bug of Billhook's."""
    from botocore import exceptions as aws  # noqa: PLC0415 - an error may wait, the list of commands may not

    from shared.policy.plans_file import PlansError  # noqa: PLC0415 - likewise

    match error:
        case RefusedError() | PlansError():
            return str(error)
        case aws.NoRegionError():
            return "no region: add --region eu-central-1, or set AWS_REGION"
        case aws.NoCredentialsError() | aws.PartialCredentialsError():
            return "no AWS credentials: set AWS_PROFILE, or log in with `aws sso login`"
        case aws.SSOTokenLoadError() | aws.UnauthorizedSSOTokenError() | aws.TokenRetrievalError():
            return "your AWS login has expired: type `aws sso login`"
        case aws.EndpointConnectionError() | aws.ConnectTimeoutError() | aws.ReadTimeoutError():
            return f"AWS does not answer: {error}"
        case aws.ClientError():
            return _refused_by_aws(error)
        case aws.BotoCoreError():
            return str(error)
    return None


def _refused_by_aws(error: object) -> str:
    response = getattr(error, "response", {})
    code, operation = response.get("Error", {}).get("Code", ""), getattr(error, "operation_name", "")
    said = response.get("Error", {}).get("Message", "")
    if code.startswith(("AccessDenied", "UnauthorizedOperation")):
        return f"your AWS credentials may not call {operation}: {said}"
    if code.startswith(("ExpiredToken", "InvalidClientToken", "UnrecognizedClient")):
        return f"AWS does not accept your credentials ({code}): log in again, or set AWS_PROFILE"
    no_stack = code == "ValidationError" and operation.startswith("DescribeStack")
    if no_stack or code in {
        "ResourceNotFoundException",
        "AWS.SimpleQueueService.NonExistentQueue",
        "QueueDoesNotExist",
    }:
        return f"{operation} finds nothing ({code}): is the name right (--stack), and the region (--region)?"
    return f"{operation} failed ({code}): {said}"
