"""The consumer Lambda's entry point: `functions.consumer.app.lambda_handler`."""

import os

from functions.consumer.wiring import build

lambda_handler = build(os.environ)
