"""Definitions and methods as they were applied, and where everything comes from."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dayzero.report import format as fmt
from dayzero.report.document import Block, Definitions, Folded, Section
from dayzero.report.numbers import words
from dayzero.report.wording import endpoint_title

if TYPE_CHECKING:
    from dayzero.study.results import EndpointInfo, Results


def methods(results: Results) -> Section:
    """Return the section on definitions and conventions."""
    blocks: list[Block] = [
        Folded(endpoint_title(endpoint), (_definition(endpoint),)) for endpoint in results.endpoints
    ]
    texts = [*(e.convention for e in results.estimates), *(t.convention for t in results.tests)]
    texts += [fit.convention for model in results.models for fit in model.fits]
    conventions = dict.fromkeys(text for text in texts if text)
    if conventions:
        items = tuple((f"{number}", words(text)) for number, text in enumerate(conventions, start=1))
        blocks.append(Folded("Conventions behind the numbers", (Definitions(items),)))
    return Section("methods", "Definitions and methods", tuple(blocks))


def _definition(endpoint: EndpointInfo) -> Definitions:
    counted = [
        f"{cause}: {fmt.integer(count)}"
        for cause, count in zip(endpoint.causes, endpoint.counts, strict=False)
    ]
    rest = "without" if endpoint.kind == "proportion" else "censored"
    counted.append(f"{rest}: {fmt.integer(endpoint.censored)}")
    left_out = [fmt.integer(endpoint.not_eligible), *endpoint.reasons] if endpoint.not_eligible else []
    items = (
        ("Clock starts", endpoint.origin),
        ("Event", endpoint.event),
        ("Competing", "; ".join(endpoint.competing)),
        ("Censored", endpoint.censoring),
        ("Eligible", endpoint.eligible),
        ("Chosen", "; ".join(endpoint.choices)),
        ("Patients", f"{fmt.integer(endpoint.n)} ({'; '.join(counted)})"),
        ("Not eligible", "; ".join(left_out)),
        ("Estimated by", "; ".join(endpoint.conventions)),
        ("Source", endpoint.source),
    )
    return Definitions(tuple((term, words(text)) for term, text in items if text))


def provenance(results: Results) -> Section:
    """Return the section on software, data and files."""
    from dayzero import __version__

    formats = ", ".join(name.upper() for name in results.looks.formats)
    items = (
        ("Software", f"dayzero {__version__}"),
        (
            "Numbers",
            f"results.json beside this page (layout {results.schema_version}); each is named by its id",
        ),
        ("Data and study file", "hashes and versions are in manifest.json beside this page"),
        (
            "Tables and figures",
            f"tables/ (CSV and a workbook) and figures/ ({formats}) beside this page",
        ),
    )
    return Section("provenance", "Provenance", (Definitions(tuple((t, words(x)) for t, x in items)),))
