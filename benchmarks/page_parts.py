"""Parts of a page that scripts of their own write: between marks, so that each leaves the others alone."""

from __future__ import annotations


def _marks(name: str) -> tuple[str, str]:
    return f"<!-- {name} -->", f"<!-- end of {name} -->"


def part_of(page: str, name: str) -> str:
    """Return the named part of a page, with its marks; empty where there is none."""
    start, end = _marks(name)
    if start not in page:
        return ""
    return f"\n{start}{page.partition(start)[2].partition(end)[0]}{end}\n"


def renewed(page: str, name: str, text: str) -> str:
    """Return the page with its named part replaced, or added at the end."""
    start, end = _marks(name)
    if start in page:
        before, _, rest = page.partition(start)
        return f"{before}{start}\n{text}{end}{rest.partition(end)[2]}"
    return f"{page.rstrip()}\n\n{start}\n{text}{end}\n"
