"""Production's client configuration plus botocore's check of parameters, since moto accepts anything."""

from botocore.config import Config


def checked(config: Config) -> Config:
    """`config` with the check, which production leaves out for speed."""
    return config.merge(Config(parameter_validation=True))
