"""Ingest: verifies what Stripe posts, and queues it."""
