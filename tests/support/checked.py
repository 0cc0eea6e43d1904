"""Clients as production has them, but for botocore's check of every call's parameters: moto would take anything."""

from botocore.config import Config


def checked(config: Config) -> Config:
    """`config`, with that check, which production leaves out for speed."""
    return config.merge(Config(parameter_validation=True))
