"""Stripe's own library."""

import stripe


def lambda_handler(event, _context):
    """Verify and read."""
    stripe.Webhook.construct_event(event["bytes"], event["signature"], "whsec_benchmark")
