"""How the functions talk to AWS: how long a call may take, and how often the SDK tries it."""

from botocore.config import Config

# A call that hangs must fail within the consumer's 30 seconds, so that the failure can be recorded. botocore would put
# a long User-Agent together twice for each call, which takes a tenth of the call's processor time, and would check each
# call's parameters, which takes a fourteenth: mypy and the tests, which leave that check on, have done so before.
PATIENCE = Config(
    connect_timeout=2,
    read_timeout=5,
    retries={"mode": "standard", "total_max_attempts": 3},
    user_agent="billhook",
    parameter_validation=False,
)
