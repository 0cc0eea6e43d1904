"""The settings of all AWS clients: time-outs and retries."""

from botocore.config import Config

# A call that hangs must fail within the consumer's 30 seconds, so that the consumer can record the failure. The short
# User-Agent saves a tenth of a call's processor time: botocore builds the long one twice a call. Without the check of
# parameters a call takes a fourteenth less; mypy and the tests, which leave the check on, have checked them before.
AWS_CONFIG = Config(
    connect_timeout=2,
    read_timeout=5,
    retries={"mode": "standard", "total_max_attempts": 3},
    user_agent="billhook",
    parameter_validation=False,
)
