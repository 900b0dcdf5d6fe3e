"""The document: one HTML file that needs no other, and in which data are text."""

from __future__ import annotations

import base64
import io
import os
from collections.abc import Iterable, Sequence
from html import escape
from pathlib import Path
from typing import Any

STYLE = """
:root { color-scheme: light dark; --ink: #1c2330; --soft: #5b6575; --page: #fff; --card: #f5f6f8;
  --line: #dde1e7; --real: #1f77b4; --made: #ff7f0e; --flag: #a33a00; --flagged: #fff3e6;
  --mark: #a34a00; }
@media (prefers-color-scheme: dark) { :root { --ink: #e6e9ee; --soft: #a5aebb; --page: #14171c;
  --card: #1e232a; --line: #353c47; --real: #6fb3e8; --made: #ffa657; --flag: #ffb27a;
  --flagged: #3a2a1c; --mark: #ffa657; } }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 62rem; padding: 1.5rem 1rem 3rem; background: var(--page);
  color: var(--ink); font: 16px/1.5 system-ui, "Segoe UI", "DejaVu Sans", sans-serif; }
h1 { font-size: 1.6rem; line-height: 1.25; margin: 0 0 .3rem; overflow-wrap: anywhere; }
h2 { font-size: 1.2rem; margin: 2.2rem 0 .4rem; padding-top: .8rem;
  border-top: 1px solid var(--line); }
h3 { font-size: 1rem; margin: 1.3rem 0 .3rem; overflow-wrap: anywhere; }
p { margin: .4rem 0 .8rem; max-width: 46rem; overflow-wrap: anywhere; }
.soft, figcaption { color: var(--soft); font-size: .9rem; }
code { font-size: .85rem; overflow-wrap: anywhere; }
.wide { overflow-x: auto; margin: .5rem 0 1rem; }
table { border-collapse: collapse; font-size: .9rem; font-variant-numeric: tabular-nums; }
th, td { padding: .3rem .7rem; text-align: right; border-bottom: 1px solid var(--line);
  white-space: nowrap; }
th { font-weight: 600; color: var(--soft); vertical-align: bottom; }
th:first-child, td:first-child { text-align: left; padding-left: 0; }
td:first-child { max-width: 16rem; overflow: hidden; text-overflow: ellipsis; }
td b { color: var(--mark); }
figure { margin: .5rem 0 1rem; }
figure div { overflow-x: auto; background: #fff; border: 1px solid var(--line);
  border-radius: .4rem; padding: .5rem; }
figure img { display: block; max-width: none; height: auto; }
@media (min-width: 45rem) { figure img { max-width: 100%; } }
ul.findings { padding: 0; list-style: none; }
ul.findings li { background: var(--flagged); border-left: .25rem solid var(--flag);
  padding: .5rem .8rem; margin: .4rem 0; overflow-wrap: anywhere; }
p.fine { background: var(--card); border-left: .25rem solid var(--real); padding: .5rem .8rem;
  max-width: none; }
.bar { display: inline-flex; width: 10rem; height: .8rem; background: var(--card); }
.bar i { background: var(--real); } .bar i + i { background: var(--made); }
.bar i + i + i { background: var(--made); opacity: .5; }
details { margin: .5rem 0; } summary { cursor: pointer; overflow-wrap: anywhere; }
"""

#: Width of pictures in inches of 100 pixels; they are drawn with twice as many.
INCH = 100


class Html(str):
    """Text that is markup already."""

    __slots__ = ()


def text(value: Any) -> Html:
    """Return what stands for a value: itself if it is markup, else its text, escaped."""
    return value if isinstance(value, Html) else Html(escape(str(value)))


def heading(title: Any, level: int = 2) -> Html:
    """Return a heading."""
    return Html(f"<h{level}>{text(title)}</h{level}>")


def paragraph(content: Any, kind: str = "") -> Html:
    """Return a paragraph, of a class if one is named."""
    return Html(f'<p class="{kind}">{text(content)}</p>' if kind else f"<p>{text(content)}</p>")


def table(header: Sequence[Any], rows: Iterable[Sequence[Any]]) -> Html:
    """Return a table, which is scrolled where it is too wide."""
    head = "".join(f'<th scope="col">{text(cell)}</th>' for cell in header)
    body = "".join(
        "<tr>" + "".join(f"<td>{text(cell)}</td>" for cell in row) + "</tr>" for row in rows
    )
    return Html(
        f'<div class="wide" tabindex="0"><table><thead><tr>{head}</tr></thead>'
        f"<tbody>{body}</tbody></table></div>"
    )


def details(title: Any, content: Any) -> Html:
    """Return what is folded until it is asked for."""
    return Html(f"<details><summary>{text(title)}</summary>{text(content)}</details>")


def picture(figure: Any, description: Any, caption: Any = "") -> Html:
    """Return a figure of matplotlib as a picture inside the document, and close it."""
    import matplotlib.pyplot as plt

    file = io.BytesIO()
    figure.savefig(file, format="png", dpi=2 * INCH, facecolor="white")
    width = round(figure.get_size_inches()[0] * INCH)
    plt.close(figure)
    data = base64.b64encode(file.getvalue()).decode()
    below = f"<figcaption>{text(caption)}</figcaption>" if caption else ""
    return Html(
        f'<figure><div tabindex="0"><img width="{width}" alt="{text(description)}" '
        f'src="data:image/png;base64,{data}"></div>{below}</figure>'
    )


class Report:
    """One HTML document: what :func:`imblearn_gan.report` gives.

    It needs no other file, loads nothing from anywhere and runs no code. In a notebook it shows
    itself; ``save`` writes it.

    Parameters
    ----------
    title : str
        Its title.

    parts : sequence of str
        Markup of its body.

    Attributes
    ----------
    html : str
        The document.

    Examples
    --------
    >>> from imblearn_gan._report.document import Report, paragraph
    >>> report = Report("A & B", [paragraph("1 < 2")])
    >>> "<title>A &amp; B</title>" in report.html, "<p>1 &lt; 2</p>" in report.html
    (True, True)
    """

    def __init__(self, title: str, parts: Sequence[str]):
        self.title = title
        body = "\n".join(parts)
        self.html = (
            '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
            '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
            f"<title>{escape(title)}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n{body}\n"
            "</body>\n</html>\n"
        )

    def __repr__(self) -> str:
        return f"Report({self.title!r}, {len(self.html) // 1024} KiB: save(path) writes it)"

    def _repr_html_(self) -> str:
        # a frame of its own: neither the report nor the notebook takes the other's style
        return (
            f'<iframe title="{escape(self.title)}" srcdoc="{escape(self.html)}" sandbox '
            'style="width: 100%; height: 48rem; border: 1px solid #8886"></iframe>'
        )

    def save(self, path: str | os.PathLike[str]) -> Path:
        """Write the document.

        Parameters
        ----------
        path : str or path-like
            The file, for example ``'report.html'``. One that is there is replaced.

        Returns
        -------
        Path
            The file.
        """
        file = Path(path)
        file.write_text(self.html, encoding="utf-8")
        return file
