"""The settings of the consumer and the effects worker on the moto cloud."""

NAME = "billhook"
BUCKET = "exports"

ENVIRON = {
    "QUEUE_ARN": "arn:aws:sqs:eu-central-1:123456789012:events.fifo",
    "EFFECTS_QUEUE_ARN": "arn:aws:sqs:eu-central-1:123456789012:effects",
    "MAILS_QUEUE_ARN": "arn:aws:sqs:eu-central-1:123456789012:mails",
    "SCHEDULE_GROUP": NAME,
    "SCHEDULER_ROLE_ARN": "arn:aws:iam::123456789012:role/scheduler",
    "SCHEDULER_DLQ_ARN": "arn:aws:sqs:eu-central-1:123456789012:scheduler-dlq",
    "EVENT_BUS": NAME,
    "EXPORTS_BUCKET": BUCKET,
    "EXPORTS_URL": "https://billhook.example/exports",
    "MAIL_SENDER": "billing@example.com",
    "OPERATOR_ADDRESS": "ops@example.com",
    "MAIL_CONNECTED": "true",
    "BUSINESS_NAME": "Acme",
    "LIVEMODE": "true",
    "GROUP_BY": "account",
    "RETENTION_DAYS": "90",
    "LEASE_SECONDS": "45",
}
"""The settings that are the same for every cloud."""
WORKERS_LEASE = {"LEASE_SECONDS": "75"}
"""The worker may take longer than the consumer."""
