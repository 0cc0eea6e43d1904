"""The entry point of exports: what AWS Lambda imports and calls."""

import os

from functions.exports.wiring import build

lambda_handler = build(os.environ)
