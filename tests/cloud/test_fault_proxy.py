"""The fault proxy refuses mails in the words of Amazon SES version 2, so that the proofs play what AWS does."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from infra.local_cloud.cloud import CREDENTIALS, REGION, LocalCloud
from tests.cloud.outage import RULES, SesFailure

if TYPE_CHECKING:
    from mypy_boto3_sesv2.client import SESV2Client

pytestmark = pytest.mark.cloud

WORDS = {
    SesFailure.RATE: ("TooManyRequestsException", "Maximum sending rate exceeded."),
    SesFailure.QUOTA: ("TooManyRequestsException", "Daily message quota exceeded."),
    SesFailure.PAUSED: ("SendingPausedException", "Email sending is paused for your account."),
}


@pytest.fixture(scope="module")
def cloud() -> Iterator[LocalCloud]:
    with LocalCloud.start(faulty=True) as cloud:
        yield cloud


@pytest.mark.parametrize("failure", WORDS)
def test_a_refused_mail_has_the_code_and_the_message_of_amazon_ses(cloud: LocalCloud, failure: SesFailure) -> None:
    mails: SESV2Client = boto3.client(
        "sesv2",
        region_name=REGION,
        endpoint_url=f"http://127.0.0.1:{cloud.faults.port}",
        aws_access_key_id=CREDENTIALS["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=CREDENTIALS["AWS_SECRET_ACCESS_KEY"],
        config=Config(retries={"total_max_attempts": 1}),
    )
    cloud.faults.set([RULES[failure]])

    with pytest.raises(ClientError) as refused:
        mails.send_email(
            FromEmailAddress="billing@example.com",
            Destination={"ToAddresses": ["accounts@example.com"]},
            Content={"Simple": {"Subject": {"Data": "a mail"}, "Body": {"Text": {"Data": "words"}}}},
        )

    error = refused.value.response["Error"]
    assert (error["Code"], error["Message"]) == WORDS[failure]
