"""Words that others choose become safe to show: plain text on one line, with no link and no hidden character."""

import re
import unicodedata
from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from urllib.parse import urlsplit

from shared.values.frozen import Scalar

LONGEST = 80
"""Characters of a name, an id or a description."""
LONGEST_SIGNATURE = 60
"""Characters of a connected account's name, which stands in a subject."""
STRIPES_HOSTS = frozenset({"https://invoice.stripe.com", "https://pay.stripe.com"})
"""The hosts of hosted_invoice_url, invoice_pdf and receipt_url.

They are the hosts in the examples of https://docs.stripe.com/api/invoices/object and
https://docs.stripe.com/api/charges/object. A custom domain never serves an invoice:
https://support.stripe.com/questions/custom-domain-on-stripe-hosted-surfaces-faq.
"""
LINKS = frozenset({"url", "export_url"})
"""Fields with a link."""
CODES = frozenset({"code", "decline_code", "method", "reason", "status", "then"})
"""Fields with a code of Stripe's, such as `rejected.fraud`."""

_URL = re.compile(r"https://[A-Za-z0-9.:-]+(?:[/?#][A-Za-z0-9._~:/?#\[\]@!$&'()*+,;=%-]*)?")
_LONGEST_URL = 2000
_ALIKE = str.maketrans(
    dict.fromkeys("\u3002\u06d4\u0701\u0702\ua4f8\u1362\u1803\u2e33\U00010a50", ".")
    | dict.fromkeys("\u2044\u2215\u29f8\u2571", "/")
    | dict.fromkeys("\u2236\u02d0\ua789\u0589\u05c3", ":")
)
"""Full stops, slashes and colons of other scripts, which a mail program or a reader may take for ours."""
# The words are in lower case, once as they are and once without combining marks, see _is_link.
_LINK = re.compile(
    r"""
    ://                             # any scheme
    | h[tx]{2}ps?                   # http, hxxp
    | [a-z][\w+.-]*:\S              # mailto:, tel:, javascript:
    | :\S*:                         # an IPv6 address
    | \S@                           # an address of mail
    | www\.
    | xn--                          # punycode
    | [^\s.]\.[^\W\d_]\w            # example.com
    | \S\.\S+/                      # example.c/path
    | \d+\.\d+\.\d+\.\d+            # an IPv4 address
    | [\[({<](?:\.|dot)[\])}>]      # example[.]com
    """,
    re.VERBOSE,
)
_TELEPHONE = 7
"""Digits of a name from which on it may hold a telephone number, which mail programs make into a link."""


def chosen(words: str, longest: int = LONGEST) -> str:
    """`words` on one line of at most `longest` characters, in NFKC, without words that look like a link."""
    plain = _visible(unicodedata.normalize("NFKC", _visible(words)))
    shown = " ".join(word for word in plain.split() if not _is_link(word))
    return shown[:longest].rstrip()


def name(words: str, longest: int = LONGEST) -> str:
    """`chosen(words)`, without words with digits if they make up a telephone number."""
    shown = chosen(words, len(words) * 18)  # NFKC makes 18 characters of one at most
    if sum(map(str.isdigit, shown)) >= _TELEPHONE:
        shown = " ".join(word for word in shown.split() if not any(map(str.isdigit, word)))
    return shown[:longest].rstrip()


def code(value: str) -> str:
    """A code of Stripe's as letters, digits and underscores: `rejected.fraud` is `rejected_fraud`."""
    return re.sub(r"[^A-Za-z0-9]+", "_", value)[:LONGEST].strip("_")


def link(url: str, own: AbstractSet[str]) -> str | None:
    """`url` if it leads to Stripe or to an origin of the business's `own`; None otherwise."""
    trusted = len(url) <= _LONGEST_URL and _URL.fullmatch(url) and origin(url) in STRIPES_HOSTS | own
    return url if trusted else None


def origin(url: str) -> str:
    """The scheme, the host and the port of `url`, in lower case: `https://billing.example.com`."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}".lower()


def safe(data: Mapping[str, Scalar], own: AbstractSet[str]) -> dict[str, Scalar]:
    """A mail's data, safe to show; fields that are no text stay as they are."""
    return {field: _safe(field, value, own) if isinstance(value, str) else value for field, value in data.items()}


def _safe(field: str, value: str, own: AbstractSet[str]) -> str | None:
    if field in LINKS:
        return link(value, own)
    if field in CODES:
        return code(value)
    if field == "name":
        return name(value)
    if field == "subjects":
        return ", ".join(filter(None, map(chosen, value.split(", "))))
    return name(value, LONGEST_SIGNATURE) if field == "business" else chosen(value)


def _visible(words: str) -> str:
    """`words` with spaces for line breaks and control characters, and without format and direction characters."""
    kinds = ((character, unicodedata.category(character)) for character in words)
    return "".join(" " if kind in {"Cc", "Zl", "Zp"} else one for one, kind in kinds if kind == "Cc" or kind[0] != "C")


def _is_link(word: str) -> bool:
    folded = word.translate(_ALIKE).casefold()
    bare = unicodedata.normalize("NFKD", folded).translate(_ALIKE)
    unmarked = "".join(one for one in bare if unicodedata.category(one)[0] != "M")
    return any(_LINK.search(form) for form in (folded, unmarked))
