"""The worker's world is the consumer's: what one commits, the other performs."""

from tests.consumer.conftest import dynamodb, dynamodb_local, engine, world

__all__ = ["dynamodb", "dynamodb_local", "engine", "world"]
