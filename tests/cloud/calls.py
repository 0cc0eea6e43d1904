"""The AWS calls that test_least_privilege.py tries as every role, each with its name and parameters."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from cli.samples import samples

type Names = Mapping[str, str]
"""The stack's resources: their physical ids by their names in template.yaml."""


@dataclass(frozen=True)
class Call:
    """A call of an AWS API; `parameters` builds its parameters from the stack's resources."""

    service: str
    operation: str
    parameters: Callable[[Names], dict[str, Any]]


def event() -> str:
    """An event without a handler: a message with it does no harm."""
    return samples.encode(samples.fresh("payout.created", 0, account="acct_any") | {"type": "price.created"}).decode()


def message(queue: str) -> Call:
    fifo = {"MessageGroupId": "acct_any"}
    about = fifo if queue in {"EventsQueue", "DeadLetterQueue"} else {}
    return Call("sqs", "send_message", lambda of: {"QueueUrl": of[queue], "MessageBody": event(), **about})


def take(queue: str) -> Call:
    return Call("sqs", "receive_message", lambda of: {"QueueUrl": of[queue]})


def secret(name: str) -> Call:
    return Call("secretsmanager", "get_secret_value", lambda of: {"SecretId": of[name]})


def query(partition: str) -> Call:
    where = {"KeyConditionExpression": "pk = :pk", "ExpressionAttributeValues": {":pk": {"S": partition}}}
    return Call("dynamodb", "query", lambda of: {"TableName": of["BooksTable"], **where})


def change(operation: str, table: str, **key: str) -> Call:
    """Put or delete an item under a condition that fails: IAM decides, and nothing changes."""
    what = {"Item" if operation == "put_item" else "Key": {name: {"S": value} for name, value in key.items()}}
    never = {"ConditionExpression": "attribute_exists(never)"}
    return Call("dynamodb", operation, lambda of: {"TableName": of[table], **what, **never})


def file(operation: str, key: str, bucket: str = "ExportsBucket", **more: object) -> Call:
    return Call("s3", operation, lambda of: {"Bucket": of[bucket], "Key": key, **more})


def schedule(name: str, group: str = "ScheduleGroup") -> Call:
    def parameters(of: Names) -> dict[str, Any]:
        return {
            "Name": name,
            "GroupName": of.get(group, group),
            "ScheduleExpression": "at(2099-01-01T00:00:00)",
            "FlexibleTimeWindow": {"Mode": "OFF"},
            "Target": {"Arn": "arn:aws:sqs:us-east-1:000000000000:any", "RoleArn": of["SchedulerRole"]},
        }

    return Call("scheduler", "create_schedule", parameters)


def announcement(bus: str) -> Call:
    entry = {"Source": "test", "DetailType": "test", "Detail": "{}"}
    return Call("events", "put_events", lambda of: {"Entries": [entry | {"EventBusName": of.get(bus, bus)}]})


def mail(sender: str) -> Call:
    content = {"Simple": {"Subject": {"Data": "Hello"}, "Body": {"Text": {"Data": "Hello"}}}}
    to = {"ToAddresses": ["studio@example.com"]}
    return Call("sesv2", "send_email", lambda _: {"FromEmailAddress": sender, "Destination": to, "Content": content})


def log(group: str) -> Call:
    return Call("logs", "create_log_stream", lambda of: {"logGroupName": of[group], "logStreamName": "test"})


CALLS: Mapping[str, Call] = {
    "put into the queue": message("EventsQueue"),
    "put into the dead-letter queue": message("DeadLetterQueue"),
    "put into Scheduler's dead-letter queue": message("SchedulerDeadLetterQueue"),
    "put into the queue of effects": message("EffectsQueue"),
    "put into the queue of mails": message("MailsQueue"),
    "put into the effects' dead-letter queue": message("EffectsDeadLetterQueue"),
    "take from the queue of effects": take("EffectsQueue"),
    "take from the queue of mails": take("MailsQueue"),
    "take from the queue": take("EventsQueue"),
    "take from the dead-letter queue": take("DeadLetterQueue"),
    "empty the queue": Call("sqs", "purge_queue", lambda of: {"QueueUrl": of["EventsQueue"]}),
    "read the signing secrets": secret("SigningSecrets"),
    "read the key of the links": secret("TokenKey"),
    "read Stripe's key": secret("StripeKey"),
    "read the apps' tokens": secret("AccessTokens"),
    "read the key of messages": secret("MessageKey"),
    "replace the signing secrets": Call(
        "secretsmanager", "put_secret_value", lambda of: {"SecretId": of["SigningSecrets"], "SecretString": "{}"}
    ),
    "read the inbox": Call(
        "dynamodb", "get_item", lambda of: {"TableName": of["InboxTable"], "Key": {"id": {"S": "x"}}}
    ),
    "look up many events": Call(
        "dynamodb", "batch_get_item", lambda of: {"RequestItems": {of["InboxTable"]: {"Keys": [{"id": {"S": "x"}}]}}}
    ),
    "take a lane": Call(
        "dynamodb",
        "update_item",
        lambda of: {
            "TableName": of["InboxTable"],
            "Key": {"id": {"S": "x"}},
            "UpdateExpression": "SET never = :never",
            "ConditionExpression": "attribute_exists(never)",
            "ExpressionAttributeValues": {":never": {"S": "x"}},
        },
    ),
    "list the unfinished": Call(
        "dynamodb",
        "query",
        lambda of: {
            "TableName": of["InboxTable"],
            "IndexName": "unfinished",
            "KeyConditionExpression": "unfinished = :shard",
            "ExpressionAttributeValues": {":shard": {"S": "0"}},
        },
    ),
    "claim an event": change("put_item", "InboxTable", id="x"),
    "forget an event": change("delete_item", "InboxTable", id="x"),
    "read through the inbox": Call("dynamodb", "scan", lambda of: {"TableName": of["InboxTable"]}),
    "read a customer's books": query("acct_any#cus_any"),
    "write a customer's books": change("put_item", "BooksTable", pk="acct_any#cus_any", sk="organization"),
    "erase from a customer's books": change("delete_item", "BooksTable", pk="acct_any#cus_any", sk="organization"),
    "write a tombstone": change("put_item", "TombstonesTable", pk="erased#any", sk="tombstone"),
    "delete a tombstone": change("delete_item", "TombstonesTable", pk="erased#any", sk="tombstone"),
    "read through the tombstones": Call("dynamodb", "scan", lambda of: {"TableName": of["TombstonesTable"]}),
    "read an access item": Call(
        "dynamodb",
        "get_item",
        lambda of: {"TableName": of["AccessTable"], "Key": {"pk": {"S": "platform#cus_any"}, "sk": {"S": "access"}}},
    ),
    "find customers by reference": Call(
        "dynamodb",
        "query",
        lambda of: {
            "TableName": of["AccessTable"],
            "KeyConditionExpression": "pk = :pk",
            "ExpressionAttributeValues": {":pk": {"S": "reference#platform#any"}},
        },
    ),
    "write an access item": change("put_item", "AccessTable", pk="platform#cus_any", sk="access"),
    "update a session item": Call(
        "dynamodb",
        "update_item",
        lambda of: {
            "TableName": of["AccessTable"],
            "Key": {"pk": {"S": "session#platform#cs_any"}, "sk": {"S": "session"}},
        },
    ),
    "note a refresh": change("put_item", "AccessTable", pk="session#platform#cs_any", sk="refresh"),
    "delete an access item": change("delete_item", "AccessTable", pk="platform#cus_any", sk="access"),
    "read through the access items": Call("dynamodb", "scan", lambda of: {"TableName": of["AccessTable"]}),
    "read the cursor": query("reconcile"),
    "move the cursor": change("put_item", "BooksTable", pk="reconcile", sk="cursor"),
    "read through the books": Call("dynamodb", "scan", lambda of: {"TableName": of["BooksTable"]}),
    "delete the books": Call("dynamodb", "delete_table", lambda of: {"TableName": of["BooksTable"]}),
    "read an export": file("get_object", "exports/x.json"),
    "read another file": file("get_object", "other/x.json"),
    "list the exports": Call("s3", "list_objects_v2", lambda of: {"Bucket": of["ExportsBucket"]}),
    "write an export": file("put_object", "exports/x.json", Body=b"{}"),
    "write another file": file("put_object", "other/x.json", Body=b"{}"),
    "delete an export": file("delete_object", "exports/none.json"),
    "read another bucket": file("get_object", "exports/x.json", bucket="another"),
    "set a reminder": schedule("due_test"),
    "set any schedule": schedule("test"),
    "set a schedule of another group": schedule("due_test", group="default"),
    "announce": announcement("EventBus"),
    "announce elsewhere": announcement("default"),
    "mail as the business": mail("Saltmarsh Software <billing@example.com>"),
    "mail as somebody else": mail("director@example.com"),
    "log as ingest": log("IngestLogs"),
    "log as the consumer": log("ConsumerLogs"),
    "log as the effects worker": log("EffectsLogs"),
    "log as exports": log("ExportsLogs"),
    "log as access": log("AccessLogs"),
    "log as reconcile": log("ReconcileLogs"),
    "call a function": Call("lambda", "invoke", lambda of: {"FunctionName": of["ConsumerFunction"]}),
    "become another role": Call(
        "sts", "assume_role", lambda of: {"RoleArn": of["SchedulerRole"], "RoleSessionName": "test"}
    ),
    "grant itself more": Call(
        "iam",
        "put_role_policy",
        lambda of: {"RoleName": of["IngestRole"].rpartition("/")[2], "PolicyName": "more", "PolicyDocument": "{}"},
    ),
}
