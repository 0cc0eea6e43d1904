"""ministack 1.5.33 enforces IAM on other resources, callers and transport than AWS does: this patch corrects that.

- ministack authorises SendEmail on `*`, and knows no `ses:FromAddress`; AWS uses the sender's identity:
  https://docs.aws.amazon.com/service-authorization/latest/reference/list_sesv2.html. For a schedule it uses the group
  `default`; AWS uses the schedule's own group. For logs it uses the log group; AWS uses the log stream.
- In ministack `aws:PrincipalArn` is the ARN of the session; on AWS it is the ARN of the assumed role:
  https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-principalarn.
- ministack speaks plain HTTP on loopback, so `aws:SecureTransport` would always be false. On AWS Billhook uses TLS for
  every call. So a request counts as TLS here, unless it has the header `X-Forwarded-Proto: http`, which tests send.

Without enforcement the patch has no effect.
"""
# ruff: noqa: SLF001 -- a patch reaches into ministack's private parts; the version is pinned

import json
from email.utils import parseaddr
from typing import Any

from ministack import app
from ministack.core import iam_actions, iam_evaluator, responses
from ministack.services import ses, ses_v2

_extract_resource_arn = iam_actions.extract_resource_arn
_enforce_ses_v2 = app._enforce_ses_v2
_resolve_condition_key = iam_evaluator._resolve_condition_key
_pin_request_caller = iam_evaluator.pin_request_caller

type Headers = dict[str, str]
type Query = dict[str, Any]
type Answer = tuple[int, Headers, bytes] | None


def _resource_arn(  # noqa: PLR0913, PLR0917 -- as ministack calls it
    service: str,
    method: str,
    path: str,
    headers: Headers,
    body: bytes,
    query: Query,
    region: str,
    account: str,
) -> str:
    parts = path.strip("/").split("/")
    if service == "scheduler" and parts[0] == "schedules" and len(parts) > 1:
        asked = json.loads(body) if body else {}
        group = asked.get("GroupName") or iam_actions._query_param(query, "groupName") or "default"
        return f"arn:aws:scheduler:{region}:{account}:schedule/{group}/{parts[1]}"
    arn: str = _extract_resource_arn(service, method, path, headers, body, query, region, account)
    if service == "logs" and ":log-group:" in arn:
        return f"{arn}:log-stream:{json.loads(body).get('logStreamName', '')}"
    return arn


def _enforce_ses(  # noqa: PLR0913, PLR0917 -- as ministack calls it
    method: str,
    path: str,
    headers: Headers,
    body: bytes,
    query: Query,
    request_id: str,
) -> Answer:
    if not (app.AUTH and method == "POST" and path.endswith("/outbound-emails")):
        passed_on: Answer = _enforce_ses_v2(method, path, headers, body, query, request_id)
        return passed_on
    _, address = parseaddr(json.loads(body).get("FromEmailAddress", ""))
    identity = address if address in ses._identities or address in ses_v2._identities else address.rpartition("@")[2]
    region, account = app.extract_region(headers, query), responses.get_account_id()
    arn = f"arn:aws:ses:{region}:{account}:identity/{identity}"
    refused: Answer = app._enforce_data_plane(
        "sesv2",
        "ses:SendEmail",
        headers,
        query,
        request_id,
        resource_arn=arn,
        service_context={"ses:fromaddress": address},
        named_resource=arn,
    )
    return refused


def _condition_key(key: str, context: Any) -> Any:  # noqa: ANN401 -- as ministack calls it
    session = str(context.principal_arn)
    if key.lower() == "aws:principalarn" and ":assumed-role/" in session:
        account = session.split(":")[4]
        return f"arn:aws:iam::{account}:role/{session.split('/')[1]}"
    return _resolve_condition_key(key, context)


def _pin_caller(headers: Headers, query: Query | None = None) -> None:
    _pin_request_caller(headers, query)
    address, _ = iam_evaluator._request_origin.get()
    iam_evaluator.pin_request_origin(address, headers.get("x-forwarded-proto", "https") != "http")


def apply() -> None:
    """Evaluate policies on the same resources, callers and transport as AWS."""
    iam_actions.extract_resource_arn = _resource_arn
    app._enforce_ses_v2 = _enforce_ses
    iam_evaluator._resolve_condition_key = _condition_key
    iam_evaluator.pin_request_caller = _pin_caller
