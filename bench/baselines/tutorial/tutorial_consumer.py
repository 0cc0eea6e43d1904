"""The consumer as the documentation teaches it: a batch processor, and Powertools' idempotency around each step."""

import json
import os
from datetime import UTC, datetime, timedelta

import boto3
import stripe
from aws_lambda_powertools import Logger, Metrics, Tracer
from aws_lambda_powertools.metrics import MetricUnit
from aws_lambda_powertools.utilities.batch import SqsFifoPartialProcessor, process_partial_response
from aws_lambda_powertools.utilities.idempotency import (
    DynamoDBPersistenceLayer,
    IdempotencyConfig,
    idempotent_function,
)

logger = Logger(service="consumer")
tracer = Tracer(service="consumer")
metrics = Metrics(namespace="Tutorial", service="consumer")
processor = SqsFifoPartialProcessor()
persistence = DynamoDBPersistenceLayer(table_name=os.environ["IDEMPOTENCY_TABLE"])
config = IdempotencyConfig(event_key_jmespath="id", expires_after_seconds=90 * 86_400)

organizations = boto3.resource("dynamodb").Table(os.environ["ORGANIZATIONS_TABLE"])
ses = boto3.client("sesv2")
scheduler = boto3.client("scheduler")
events = boto3.client("events")


@idempotent_function(data_keyword_argument="event", persistence_store=persistence, config=config)
@tracer.capture_method
def send_mail(event, organization):
    """Tell the customer."""
    invoice = event["data"]["object"]
    amount = f"{invoice['amount_remaining'] / 100:.2f} {invoice['currency'].upper()}"
    name = organization.get("name", "")
    ses.send_email(
        FromEmailAddress=os.environ["MAIL_SENDER"],
        Destination={"ToAddresses": [invoice["customer_email"]]},
        Content={
            "Simple": {
                "Subject": {"Data": f"Your payment of {amount} did not go through"},
                "Body": {
                    "Text": {"Data": f"Hello {name}, we could not collect {amount}: {invoice['hosted_invoice_url']}"},
                    "Html": {"Data": f"<p>Hello {name},</p><p>we could not collect {amount}.</p>"},
                },
            }
        },
    )


@idempotent_function(data_keyword_argument="event", persistence_store=persistence, config=config)
@tracer.capture_method
def set_reminder(event):
    """Come back in three days."""
    at = datetime.fromtimestamp(event["created"], UTC) + timedelta(days=3)
    scheduler.create_schedule(
        Name=f"reminder-{event['id']}",
        GroupName=os.environ["SCHEDULE_GROUP"],
        ScheduleExpression=f"at({at:%Y-%m-%dT%H:%M:%S})",
        FlexibleTimeWindow={"Mode": "OFF"},
        ActionAfterCompletion="DELETE",
        Target={
            "Arn": os.environ["QUEUE_ARN"],
            "RoleArn": os.environ["SCHEDULER_ROLE_ARN"],
            "Input": json.dumps({"type": "reminder", "invoice": event["data"]["object"]["id"]}),
            "SqsParameters": {"MessageGroupId": event.get("account") or "platform"},
        },
    )


@idempotent_function(data_keyword_argument="event", persistence_store=persistence, config=config)
@tracer.capture_method
def publish(event, organization):
    """Announce the change."""
    detail = {"customer": event["data"]["object"]["customer"], "past_due": organization["past_due"]}
    events.put_events(
        Entries=[
            {
                "EventBusName": os.environ["EVENT_BUS"],
                "Source": "tutorial",
                "DetailType": "organization.past_due",
                "Detail": json.dumps(detail),
            }
        ]
    )


@tracer.capture_method
def record_handler(record):
    """Read the organization, save it, and perform three effects."""
    event = stripe.Event.construct_from(json.loads(record.body), None).to_dict()
    customer = event["data"]["object"]["customer"]
    found = organizations.get_item(Key={"id": customer}, ConsistentRead=True).get("Item", {"id": customer})
    organization = {**found, "past_due": True, "invoice": event["data"]["object"]["id"]}
    organizations.put_item(Item=organization)
    send_mail(event=event, organization=organization)
    set_reminder(event=event)
    publish(event=event, organization=organization)
    metrics.add_metric(name="Done", unit=MetricUnit.Count, value=1)
    logger.info("done", extra={"event_id": event["id"], "event_type": event["type"]})


@logger.inject_lambda_context
@tracer.capture_lambda_handler
@metrics.log_metrics(capture_cold_start_metric=True)
def lambda_handler(event, context):
    """Process the batch; a failed message goes back with those behind it."""
    config.register_lambda_context(context)
    return process_partial_response(event=event, record_handler=record_handler, processor=processor, context=context)
