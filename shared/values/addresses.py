"""Mail addresses as Amazon SES takes them: trimmed, 7-bit, the domain in Punycode.

https://docs.aws.amazon.com/ses/latest/APIReference-V2/API_Destination.html: SES does not support SMTPUTF8, so the part
before the @ must be ASCII, and a domain beyond ASCII must be encoded (RFC 3492).
"""

import re
import unicodedata

LONGEST = 254
"""The longest address: https://www.rfc-editor.org/rfc/rfc5321#section-4.5.3.1.3, without the angle brackets."""
LOCAL = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*")
LABEL = re.compile(r"[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?")
LONGEST_LOCAL = 64
DOTS = re.compile("[.\u3002\uff0e\uff61]")
"""The characters that mean a dot in a domain: https://www.rfc-editor.org/rfc/rfc3490#section-3.1."""


def deliverable(address: str) -> str | None:
    """`address` in the form that SES accepts; None if SES cannot send to it."""
    local, at, domain = address.strip().rpartition("@")
    if not at or len(local) > LONGEST_LOCAL or LOCAL.fullmatch(local) is None:
        return None
    encoded = _punycode(domain)
    if encoded is None or len(local) + 1 + len(encoded) > LONGEST:
        return None
    return f"{local}@{encoded}"


def _punycode(domain: str) -> str | None:
    """`domain` in ASCII; None if it is no domain of at least two labels."""
    labels = [label if label.isascii() else _encoded(label) for label in DOTS.split(domain)]
    if len(labels) == 1 or not all(LABEL.fullmatch(label) for label in labels):
        return None
    return ".".join(labels)


def _encoded(label: str) -> str:
    """A label in Punycode; empty if it holds a character that no domain may.

    Python's own codec follows the rules of 2003. It turns `straße` into `strasse`, another domain since 2008:
    https://www.unicode.org/reports/tr46/#Deviations.
    """
    plain = unicodedata.normalize("NFKC", label.lower())
    if not all(sign == "-" or unicodedata.category(sign)[0] in "LMN" for sign in plain):
        return ""
    return plain if plain.isascii() else "xn--" + plain.encode("punycode").decode()
