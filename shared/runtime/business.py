"""Where the business's own files lie: the folder `business/`, beside the code in a checkout and in each package."""

import os
from pathlib import Path

PLANS = Path(os.environ.get("BILLHOOK_BUSINESS") or Path(__file__).parents[2] / "business") / "plans.toml"
"""What the business sells. The tests set BILLHOOK_BUSINESS to a folder of their own, so that no edit breaks them."""
