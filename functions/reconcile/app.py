"""Reconcile's entry point: what AWS Lambda imports and calls."""

import os

from functions.reconcile.wiring import build

lambda_handler = build(os.environ)
