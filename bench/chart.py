"""The chart of the report: an SVG for light and dark pages, with bars relative to the tutorial."""

from collections.abc import Sequence
from dataclasses import dataclass

WIDTH, LABEL, BAR, ROW = 860, 300, 380, 58
THICK, GAP = 15, 4

STYLE = """
  text { font: 14px system-ui, -apple-system, "Segoe UI", "DejaVu Sans", sans-serif; fill: #1f2328 }
  .title { font-weight: 600; font-size: 16px } .small { font-size: 12px; fill: #59636e }
  .ours { fill: #0969da } .least { fill: #8c959f } .whole { fill: #d1d9e0 }
  @media (prefers-color-scheme: dark) {
    text { fill: #f0f6fc } .small { fill: #9198a1 }
    .ours { fill: #4493f8 } .least { fill: #818b98 } .whole { fill: #3d444d }
  }
"""


@dataclass(frozen=True)
class Bar:
    """One measure relative to the tutorial: `ours` is Billhook's share, `least` that of the minimum `least_is`."""

    what: str
    ours: float
    least: float | None = None
    least_is: str = ""


def svg(title: str, subtitle: str, bars: Sequence[Bar]) -> str:
    """The chart; a full bar is the tutorial's value."""
    height = 74 + ROW * len(bars)
    rows = "".join(_row(bar, 66 + ROW * number) for number, bar in enumerate(bars))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" height="{height}" '
        f'role="img" aria-label="{title}: {subtitle}">\n<style>{STYLE}</style>\n'
        f'<text class="title" x="16" y="26">{title}</text>\n<text class="small" x="16" y="46">{subtitle}</text>\n'
        f"{rows}</svg>\n"
    )


def _row(bar: Bar, top: int) -> str:
    parts = [f'<text x="16" y="{top + 13}">{bar.what}</text>']
    if bar.least_is:
        parts.append(f'<text class="small" x="16" y="{top + 31}">grey: {bar.least_is}</text>')
    parts.append(_bar(top, 1, "whole"))
    parts.append(_bar(top, bar.ours, "ours"))
    parts.append(f'<text x="{LABEL + BAR + 12}" y="{top + 13}">{_percent(bar.ours)} of the tutorial</text>')
    if bar.least is not None:
        below = top + THICK + GAP
        parts.append(_bar(below, bar.least, "least"))
        parts.append(f'<text class="small" x="{LABEL + BAR + 12}" y="{below + 12}">{_percent(bar.least)}</text>')
    return "\n".join(parts) + "\n"


def _bar(top: int, share: float, kind: str) -> str:
    return f'<rect class="{kind}" x="{LABEL}" y="{top}" width="{min(share, 1) * BAR:.1f}" height="{THICK}" rx="3"/>'


def _percent(share: float) -> str:
    return f"{share * 100:.1f} %" if share < 0.1 else f"{share * 100:.0f} %"  # noqa: PLR2004 - a tenth
