"""Reconcile's entry point: `functions.reconcile.app.lambda_handler`."""

import os

from functions.reconcile.wiring import build

lambda_handler = build(os.environ)
