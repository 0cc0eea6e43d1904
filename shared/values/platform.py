"""The name of the platform's own Stripe account, which has no id in its events."""

PLATFORM = "platform"
