"""Ingest as the documentation of Stripe, boto3 and Powertools for AWS Lambda teaches it."""

import os

import boto3
import stripe
from aws_lambda_powertools import Logger, Metrics, Tracer
from aws_lambda_powertools.event_handler import APIGatewayHttpResolver, Response
from aws_lambda_powertools.logging import correlation_paths
from aws_lambda_powertools.metrics import MetricUnit
from aws_lambda_powertools.utilities import parameters

logger = Logger(service="ingest")
tracer = Tracer(service="ingest")
metrics = Metrics(namespace="Tutorial", service="ingest")
app = APIGatewayHttpResolver()
sqs = boto3.client("sqs")


@app.post("/webhooks/stripe")
@tracer.capture_method
def webhook():
    """Verify the event and queue it."""
    request = app.current_event
    secret = parameters.get_secret(os.environ["SECRET_ID"], max_age=300)
    try:
        event = stripe.Webhook.construct_event(request.decoded_body, request.headers["stripe-signature"], secret)
    except (ValueError, stripe.SignatureVerificationError):
        metrics.add_metric(name="Rejected", unit=MetricUnit.Count, value=1)
        return Response(status_code=400, content_type="application/json", body='{"error": "invalid signature"}')
    sqs.send_message(
        QueueUrl=os.environ["QUEUE_URL"],
        MessageBody=request.decoded_body,
        MessageGroupId=getattr(event, "account", None) or "platform",
        MessageDeduplicationId=event.id,
    )
    metrics.add_metric(name="Accepted", unit=MetricUnit.Count, value=1)
    logger.info("accepted", extra={"event_id": event.id, "event_type": event.type})
    return {"received": True}


@logger.inject_lambda_context(correlation_id_path=correlation_paths.API_GATEWAY_HTTP)
@tracer.capture_lambda_handler
@metrics.log_metrics(capture_cold_start_metric=True)
def lambda_handler(event, context):
    """Route the request."""
    return app.resolve(event, context)
