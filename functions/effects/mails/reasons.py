"""Stripe's codes for failures, as sentences that help the reader; a mail shows no other codes.

https://docs.stripe.com/declines/codes and https://docs.stripe.com/api/payouts/failures
"""

from collections.abc import Mapping

_ASK_YOUR_BANK = "Your bank did not allow it. Please ask your bank, or pay another way."
_ASK_YOUR_CARDS_BANK = "Your bank did not allow it. Please ask your bank, or pay with another card."
_ENTER_IT_AGAIN = "Please enter your card again."

DECLINED: Mapping[str, str] = {
    "insufficient_funds": "There was not enough money available. Please make sure that there is, or pay another way.",
    "expired_card": "Your card has expired. Please pay with another one.",
    "authentication_required": "Your bank wants you to confirm it yourself, which you can do by paying it online.",
    **dict.fromkeys(
        ("card_velocity_exceeded", "withdrawal_count_limit_exceeded"),
        "Your card has reached its limit. Your bank can tell you more, or you can pay with another card.",
    ),
    **dict.fromkeys(
        ("incorrect_number", "invalid_number"), f"The number of your card was not right. {_ENTER_IT_AGAIN}"
    ),
    **dict.fromkeys(
        ("incorrect_cvc", "invalid_cvc"), f"The security code of your card was not right. {_ENTER_IT_AGAIN}"
    ),
    **dict.fromkeys(
        ("invalid_expiry_month", "invalid_expiry_year"),
        f"The expiry date of your card was not right. {_ENTER_IT_AGAIN}",
    ),
    **dict.fromkeys(
        ("incorrect_address", "incorrect_zip"),
        f"Your billing address was not the one that your bank knows. {_ENTER_IT_AGAIN}",
    ),
    **dict.fromkeys(
        ("card_not_supported", "currency_not_supported"),
        "Your card cannot be used for it. Please pay with another one.",
    ),
    **dict.fromkeys(
        ("issuer_not_available", "processing_error"),
        "There was a fault on the way to your bank. Often it helps to try again.",
    ),
    **dict.fromkeys(("call_issuer", "do_not_honor", "generic_decline", "try_again_later"), _ASK_YOUR_BANK),
    # The reader may not be the card's owner: Stripe asks that these codes read like the ones above.
    **dict.fromkeys(
        (
            "fraudulent",
            "lost_card",
            "merchant_blacklist",
            "pickup_card",
            "restricted_card",
            "security_violation",
            "stolen_card",
        ),
        _ASK_YOUR_BANK,
    ),
}
"""Why a payment was declined, and what helps, by Stripe's decline code; "it" is the payment."""

PAYOUT_FAILED: Mapping[str, str] = {
    "account_closed": "The bank account has been closed.",
    "account_frozen": "The bank account has been frozen.",
    "bank_account_restricted": "The bank account does not allow it; it may be a savings account.",
    "bank_ownership_changed": "The bank account is no longer valid, because its branch belongs to another bank now.",
    "debit_not_authorized": "The bank account does not allow money to be withdrawn.",
    "incorrect_account_holder_address": "The address of the account's holder is not the one that the bank knows.",
    "incorrect_account_holder_name": "The name of the account's holder is not the one that the bank knows.",
    "incorrect_account_holder_tax_id": "The tax number of the account's holder is not the one that the bank knows.",
    "insufficient_funds": "There was not enough money to cover it.",
    "invalid_account_number": "The number of the bank account is not right.",
    "invalid_account_number_length": "The number of the bank account is not right.",
    "invalid_currency": "The bank account does not take this currency.",
    "no_account": "The bank account could not be found.",
    "unsupported_card": "The card does not take payouts.",
}
"""Why a payout failed, by Stripe's failure code; "it" is the payout."""

PAYOUT_FAILED_SOMEHOW = "The bank did not accept it."


def declined(code: str | None, method: str | None) -> str | None:
    """The sentence for a decline code; None if the code is unknown. It names a card only if a card was declined."""
    said = DECLINED.get(code or "")
    return _ASK_YOUR_CARDS_BANK if said == _ASK_YOUR_BANK and method == "card" else said


def payout_failed(code: str | None) -> str:
    """The sentence for a payout's failure code."""
    return PAYOUT_FAILED.get(code or "", PAYOUT_FAILED_SOMEHOW)
