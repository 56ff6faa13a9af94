"""Charts as inline SVG. Bars stretch with the page; words stay HTML, so that they never shrink or overlap.

Every chart is a picture with a label for those who do not see it; the table with its numbers stands beside it (page.py).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape

Parts = Sequence[tuple[str, int]]
"""Class (its colour in page.css) and value, from the left or from below."""


def bar(parts: Parts, most: int, label: str) -> str:
    """One stacked horizontal bar; `most` is the full width."""
    x, rects = 0.0, []
    for name, value in parts:
        width = 100 * value / most if most else 0.0
        if value:
            rects.append(f'<rect class="{name}" x="{x:.3f}" y="0" width="{width:.3f}" height="10"/>')
        x += width
    return _picture("bar", 100, 10, label, rects)


def columns(stacks: Sequence[Parts], label: str, titles: Sequence[str]) -> str:
    """Stacked columns side by side, with a line at the top and in the middle."""
    most = max((sum(value for _, value in stack) for stack in stacks), default=0)
    wide = 10 * max(len(stacks), 1)
    rects = [f'<line class="grid" x1="0" x2="{wide}" y1="{y}" y2="{y}"/>' for y in (0, 50, 100)]
    for number, (stack, title) in enumerate(zip(stacks, titles, strict=True)):
        y, inside = 100.0, []
        for name, value in stack:
            height = 100 * value / most if most else 0.0
            y -= height
            if value:
                inside.append(
                    f'<rect class="{name}" x="{10 * number + 1.2:.1f}" y="{y:.2f}" width="7.6" height="{height:.2f}"/>'
                )
        rects.append(f"<g><title>{escape(title)}</title>{''.join(inside)}</g>")
    return _picture("columns", wide, 100, label, rects)


def _picture(name: str, width: float, height: float, label: str, inside: Iterable[str]) -> str:
    return (
        f'<svg class="{name}" role="img" aria-label="{escape(label)}" viewBox="0 0 {width:g} {height:g}" '
        f'preserveAspectRatio="none">{"".join(inside)}</svg>'
    )
