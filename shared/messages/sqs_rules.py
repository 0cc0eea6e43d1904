"""The rules of SQS for characters, identifiers and size."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, TypeIs

if TYPE_CHECKING:
    from mypy_boto3_sqs.type_defs import SendMessageRequestTypeDef

# https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessage.html
MAX_BYTES = 1_048_576
IDENTIFIER = re.compile(r"[!-~]{1,128}")  # letters, digits and ASCII punctuation


def is_identifier(value: object) -> TypeIs[str]:
    """Whether SQS accepts `value` as a deduplication id or a message group id."""
    return isinstance(value, str) and IDENTIFIER.fullmatch(value) is not None


def escape_refused(text: str) -> str:
    r"""The same JSON with `\uXXXX` escapes for the characters that SQS refuses.

    SQS accepts U+0009, U+000A, U+000D, U+0020 to U+D7FF, U+E000 to U+FFFD, and all above U+FFFF. JSON forbids the other
    control characters, and UTF-8 forbids surrogates. Two characters remain.

    Args:
        text: Valid JSON, decoded from UTF-8; the two characters can occur only within its strings.
    """
    return text.replace("\ufffe", r"\ufffe").replace("\uffff", r"\uffff")


def message_size(message: SendMessageRequestTypeDef) -> int:
    """The bytes that SQS counts: the body, and the name, data type and value of every attribute."""
    counted = [message["MessageBody"]]
    for name, attribute in message["MessageAttributes"].items():
        counted += [name, attribute["DataType"], attribute["StringValue"]]
    return sum(len(text.encode()) for text in counted)
