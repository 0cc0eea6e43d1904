"""The Lambda handler of access: answers the business's app what a customer may do now."""

from __future__ import annotations

import hashlib
import json
import traceback
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from functions.access.judgement import best_of, judge, nobody, shown_at
from functions.access.log import print_request
from functions.access.problem import ProblemError
from functions.access.question import Question, read_question

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from functions.access.aws import AccessTable
    from functions.access.checkout import Checkout
    from functions.access.tokens import Tokens

CHECKOUT, REFRESH = "GET /checkout/{session_id}", "POST /checkout/{session_id}/refresh"
"""The routes, as template.yaml names them."""
PENDING = 202
"""The HTTP status of a question about a Checkout session whose outcome no event has told yet."""


@dataclass(frozen=True, slots=True)
class Handler:
    """The Lambda handler of an HTTP API event.

    Attributes:
        tokens: The tokens of the apps that may ask.
        table: The access items.
        checkout: Answers questions about Checkout sessions.
        default: Returns plan, features and limits of a customer without access.
        clock: Returns Unix time in seconds.
        metrics_namespace: The namespace of the metrics in CloudWatch.
    """

    tokens: Tokens
    table: AccessTable
    checkout: Checkout
    default: Callable[[], Mapping[str, Any]]
    clock: Callable[[], float]
    metrics_namespace: str

    def __call__(self, event: Mapping[str, Any], _context: object) -> dict[str, Any]:
        """API Gateway's answer to an event of payload format 2.0.

        It raises nothing, not even for a bug: Lambda would log the exception's text, which may name the customer.
        """
        started, holder, problem = self.clock(), None, None
        try:
            holder = self.tokens.holder_of(event, started)
            answer = self._answer(event, started)
        except Exception as error:  # noqa: BLE001 - see above
            problem = error if isinstance(error, ProblemError) else ProblemError(500, "bug", "A bug.", _place(error))
            answer = problem.answer()
        print_request(
            answer["statusCode"],
            problem,
            self.metrics_namespace,
            holder=holder,
            started=started,
            ended=self.clock(),
            pending=answer["statusCode"] == PENDING and event.get("routeKey") == CHECKOUT,
        )
        return answer

    def _answer(self, event: Mapping[str, Any], now: float) -> dict[str, Any]:
        if event.get("routeKey") == CHECKOUT:
            return self.checkout.answer(event)
        if event.get("routeKey") == REFRESH:
            return self.checkout.refresh(event)
        question = read_question(event)
        customers = self._customers(question)
        items = [self.table.item_of(question.account, customer) for customer in customers]
        known = [shown_at(item, now, self.default) for item in items if item]
        shown = best_of(known) if known else self._nobody(question)
        body = json.dumps(judge(shown, question) | shown | {"customers": customers if known else []}, sort_keys=True)
        etag = f'"{hashlib.sha256(body.encode()).hexdigest()[:32]}"'
        headers = {"cache-control": "private, no-cache", "etag": etag, "vary": "authorization"}
        if etag in str((event.get("headers") or {}).get("if-none-match") or ""):
            return {"statusCode": 304, "headers": headers, "body": ""}
        return {"statusCode": 200, "headers": headers | {"content-type": "application/json"}, "body": body}

    def _customers(self, question: Question) -> list[str]:
        if question.customer is not None:
            return [question.customer]
        return self.table.customers_of(question.account, question.reference or "")

    def _nobody(self, question: Question) -> dict[str, Any]:
        return nobody(question.account, question.customer, question.reference, self.default())


def _place(error: Exception) -> str:
    frame = traceback.extract_tb(error.__traceback__)[-1]
    return f"{type(error).__name__} in {Path(frame.filename).name}, line {frame.lineno}"
