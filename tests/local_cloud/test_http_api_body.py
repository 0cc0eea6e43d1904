"""An HTTP API has the routes that SAM writes into its Body."""

import urllib.error
import urllib.request
from http import HTTPStatus
from typing import Any

from infra.local_cloud.cloud import LocalCloud

from .conftest import function, stack

ANSWER = "def handler(event, context): return {'statusCode': 200, 'body': event['body'].upper()}"


def api(path: str) -> dict[str, Any]:
    uri = "arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/${Function.Arn}/invocations"
    proxy = {"type": "aws_proxy", "httpMethod": "POST", "uri": {"Fn::Sub": uri}, "payloadFormatVersion": "2.0"}
    body = {"openapi": "3.0.1", "paths": {path: {"post": {"x-amazon-apigateway-integration": proxy}}}}
    return {
        "Function": function(ANSWER),
        "Api": {"Type": "AWS::ApiGatewayV2::Api", "Properties": {"Body": body}},
        "Stage": {
            "Type": "AWS::ApiGatewayV2::Stage",
            "Properties": {"ApiId": {"Ref": "Api"}, "StageName": "$default", "AutoDeploy": True},
        },
    }


def post(url: str) -> tuple[int, str]:
    request = urllib.request.Request(url, b"hello", {"Content-Type": "text/plain"})  # noqa: S310 -- http on loopback
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:  # noqa: S310 -- likewise
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as refused:
        with refused:
            return refused.code, ""


def test_a_request_reaches_the_function_that_the_body_names(cloud: LocalCloud) -> None:
    made = stack(cloud, api("/webhooks/stripe"), {"Api": {"Ref": "Api"}})

    assert post(f"{cloud.api_url(made['Api'])}/webhooks/stripe") == (HTTPStatus.OK, "HELLO")


def test_an_updated_body_replaces_the_routes_of_the_old_one(cloud: LocalCloud) -> None:
    made = stack(cloud, api("/old"), {"Api": {"Ref": "Api"}})

    stack(cloud, api("/new"), {"Api": {"Ref": "Api"}}, name=made["stack"])

    url = cloud.api_url(made["Api"])
    assert (post(f"{url}/old")[0], post(f"{url}/new")[0]) == (HTTPStatus.NOT_FOUND, HTTPStatus.OK)


def test_plain_ministack_still_ignores_the_body(plain_ministack: LocalCloud) -> None:
    made = stack(plain_ministack, api("/webhooks/stripe"), {"Api": {"Ref": "Api"}})

    assert post(f"{plain_ministack.api_url(made['Api'])}/webhooks/stripe")[0] == HTTPStatus.NOT_FOUND
