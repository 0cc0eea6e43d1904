"""Stored data is encrypted, kept for the configured time, and named so that the stack's name fits."""

import re

import pytest

from tests.support.template import load, of_type, words

TEMPLATE = load()
OWN_KEY = {"Fn::If": ["OwnKey", {"Ref": "KmsKeyArn"}, {"Ref": "AWS::NoValue"}]}
LONGEST_STACK_NAME = 64
LONGEST = {  # https://docs.aws.amazon.com/general/latest/gr/aws-service-information.html, each service's quotas
    "AWS::CloudWatch::Alarm": ("AlarmName", 255),
    "AWS::CloudWatch::Dashboard": ("DashboardName", 255),
    "AWS::DynamoDB::Table": ("TableName", 255),
    "AWS::Events::EventBus": ("Name", 256),
    "AWS::Logs::LogGroup": ("LogGroupName", 512),
    "AWS::Logs::QueryDefinition": ("Name", 255),
    "AWS::SNS::Topic": ("TopicName", 256),
    "AWS::SQS::Queue": ("QueueName", 80),
    "AWS::Scheduler::ScheduleGroup": ("Name", 64),
    "AWS::SecretsManager::Secret": ("Name", 512),
}


@pytest.mark.parametrize(
    ("kind", "property_"),
    [
        ("AWS::SQS::Queue", "KmsMasterKeyId"),
        ("AWS::SecretsManager::Secret", "KmsKeyId"),
        ("AWS::Logs::LogGroup", "KmsKeyId"),
    ],
)
def test_a_key_of_ones_own_encrypts_what_is_stored(kind: str, property_: str) -> None:
    stored = of_type(TEMPLATE, kind)
    assert stored
    assert {name: properties.get(property_) for name, properties in stored.items()} == dict.fromkeys(stored, OWN_KEY)


def test_a_key_of_ones_own_encrypts_the_tables_and_the_bucket() -> None:
    for table in of_type(TEMPLATE, "AWS::DynamoDB::Table").values():
        assert table["SSESpecification"] == {"SSEEnabled": True, "SSEType": "KMS", "KMSMasterKeyId": OWN_KEY}
    [bucket] = of_type(TEMPLATE, "AWS::S3::Bucket").values()
    [rule] = bucket["BucketEncryption"]["ServerSideEncryptionConfiguration"]
    _, with_key, without = rule["ServerSideEncryptionByDefault"]["Fn::If"]
    assert with_key == {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": {"Ref": "KmsKeyArn"}}
    assert without == {"SSEAlgorithm": "AES256"}


def test_a_key_of_ones_own_encrypts_the_alarms() -> None:
    [topic] = of_type(TEMPLATE, "AWS::SNS::Topic").values()
    assert topic["KmsMasterKeyId"] == OWN_KEY


def test_logs_are_kept_for_as_long_as_asked() -> None:
    groups = of_type(TEMPLATE, "AWS::Logs::LogGroup")
    assert {name: words(group["RetentionInDays"]) for name, group in groups.items()} == dict.fromkeys(
        groups, "LogRetentionDays"
    )
    functions = of_type(TEMPLATE, "AWS::Serverless::Function").values()
    assert {words(function["LoggingConfig"]["LogGroup"]) for function in functions} == set(groups) - {"ApiLogs"}


def test_the_access_log_never_names_the_path_which_holds_an_exports_token() -> None:
    logged = re.findall(
        r"\$context\.([\w.]+)", of_type(TEMPLATE, "AWS::Serverless::HttpApi")["Api"]["AccessLogSettings"]["Format"]
    )
    assert set(logged) == {
        "requestId",
        "requestTime",
        "routeKey",
        "status",
        "responseLatency",
        "integrationStatus",
        "integrationLatency",
        "integrationErrorMessage",
    }


@pytest.mark.parametrize("kind", LONGEST)
def test_a_stack_name_of_64_characters_fits_every_name_that_is_built_from_it(kind: str) -> None:
    property_, longest = LONGEST[kind]
    made = of_type(TEMPLATE, kind)
    assert made
    for properties in made.values():
        name = words(properties[property_])
        assert name.count("AWS::StackName") == 1
        assert len(name.replace("AWS::StackName", "s" * LONGEST_STACK_NAME)) <= longest


def test_nothing_else_is_named_after_the_stack_so_that_no_length_is_forgotten() -> None:
    named = {
        resource["Type"]
        for resource in TEMPLATE["Resources"].values()
        if any(
            "AWS::StackName" in words(value)
            for key, value in resource.get("Properties", {}).items()
            if "Name" in key and isinstance(value, dict)
        )
    }
    assert named == set(LONGEST)


def test_the_buckets_name_is_generated_since_it_is_taken_worldwide() -> None:
    assert [bucket.get("BucketName") for bucket in of_type(TEMPLATE, "AWS::S3::Bucket").values()] == [None]


STORES = {"AWS::DynamoDB::Table", "AWS::SQS::Queue", "AWS::SecretsManager::Secret", "AWS::S3::Bucket"}
OUTLIVES = STORES | {"AWS::Scheduler::ScheduleGroup"}
"""What holds something that nobody could bring back; and the schedules that are still to come."""


def test_what_holds_something_outlives_the_stack() -> None:
    kept = {name for name, one in TEMPLATE["Resources"].items() if "Retain" in one.get("DeletionPolicy", "")}
    assert kept == {*of_type(TEMPLATE, *OUTLIVES), "SchedulerRole"}  # without which the schedules could not fire


def test_a_first_deployment_that_fails_leaves_no_name_in_the_way_of_the_next() -> None:
    policies = {
        name: (one.get("DeletionPolicy"), one.get("UpdateReplacePolicy"))
        for name, one in TEMPLATE["Resources"].items()
        if one.get("UpdateReplacePolicy") == "Retain" or "Retain" in one.get("DeletionPolicy", "")
    }
    assert policies
    assert set(policies.values()) == {("RetainExceptOnCreate", "Retain")}


def test_tables_are_protected_on_request_since_a_protected_one_cannot_be_rolled_back() -> None:
    assert TEMPLATE["Parameters"]["DeletionProtection"]["Default"] == "false"
    assert TEMPLATE["Conditions"]["Protected"] == {"Fn::Equals": [{"Ref": "DeletionProtection"}, "true"]}
    for table in of_type(TEMPLATE, "AWS::DynamoDB::Table").values():
        assert table["DeletionProtectionEnabled"] == {"Fn::If": ["Protected", True, False]}
        assert table["PointInTimeRecoverySpecification"] == {"PointInTimeRecoveryEnabled": True}


@pytest.mark.parametrize(("trigger", "parameter"), [("Effects", "EffectsConcurrency"), ("Mails", "MailsConcurrency")])
def test_a_lane_takes_few_messages_at_once_unless_asked_for_more(trigger: str, parameter: str) -> None:
    events = TEMPLATE["Resources"]["EffectsFunction"]["Properties"]["Events"]
    assert events[trigger]["Properties"]["ScalingConfig"] == {"MaximumConcurrency": {"Ref": parameter}}
    assert TEMPLATE["Parameters"][parameter]["Default"] == 5


def test_a_large_erasure_may_go_on_by_messages_of_its_own() -> None:
    # Otherwise Lambda stops a chain of about 16: https://docs.aws.amazon.com/lambda/latest/dg/invocation-recursion.html
    assert TEMPLATE["Resources"]["EffectsFunction"]["Properties"]["RecursiveLoop"] == "Allow"
