"""Load FHIR R4 resources from bundles and NDJSON, and follow the references between them."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from dayzero.errors import BadInputError
from dayzero.records.findings import Where

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from dayzero.records.log import Log

Body = dict[str, Any]
_ENTRY: Final = "a JSON object with a resourceType"


@dataclass(frozen=True)
class Resource:
    """One resource and where it stands.

    Attributes
    ----------
    place : str
        File name.
    number : int
        Entry of the bundle, or line of the NDJSON file, from 1.
    body : dict
        The resource as JSON gives it; decimals are texts, so that no digit is lost.
    url : str
        The ``fullUrl`` of a bundle's entry, which others may refer to; empty when there is none.
    """

    place: str
    number: int
    body: Body
    url: str = ""

    @property
    def type(self) -> str:
        """Return the resource's type, such as ``Patient``."""
        return str(self.body["resourceType"])

    @property
    def where(self) -> Where:
        """Return the place as findings show it."""
        return Where(self.place, self.number)


def load_resources(paths: Sequence[Path], log: Log) -> list[Resource]:
    """Return every resource of the files, in their order.

    Raises
    ------
    BadInputError
        When a file is not JSON, or holds no resource.
    """
    found: list[Resource] = []
    for path in paths:
        text = _text(path)
        entries = _bundle(path, text, log) if path.suffix.lower() == ".json" else _lines(path, text)
        for number, body, url in entries:
            if isinstance(body, dict) and isinstance(body.get("resourceType"), str):
                found.append(Resource(path.name, number, body, url))
            else:
                where = Where(path.name, number)
                log.add("records.fhir_not_a_resource", where, allowed=_ENTRY, outcome="row")
    return found


def _text(path: Path) -> str:
    try:
        return path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError:
        raise BadInputError(
            what="the file is not UTF-8 text", where=path.name, allowed="FHIR resources as JSON, in UTF-8"
        ) from None


def _parsed(text: str, where: str) -> Any:
    try:
        return json.loads(text, parse_float=str, parse_constant=str)
    except json.JSONDecodeError as error:
        raise BadInputError(
            what=f"this is not JSON: {error.msg.lower()}",
            where=f"{where}, line {error.lineno}, column {error.colno}",
            hint="was the copy complete? of several resources, one a line, the file's ending is .ndjson",
        ) from None
    except RecursionError:
        raise BadInputError(what="the JSON is nested too deeply", where=where, allowed=_ENTRY) from None


def _bundle(path: Path, text: str, log: Log) -> Iterator[tuple[int, Any, str]]:
    body = _parsed(text, path.name)
    kind = body.get("resourceType") if isinstance(body, dict) else None
    if not isinstance(kind, str):
        raise BadInputError(
            what="the file holds no FHIR resource",
            where=path.name,
            allowed="a Bundle, or one resource",
            hint="a FHIR resource says what it is: resourceType",
        )
    if kind != "Bundle":
        yield 1, body, ""
        return
    if _has_next(body.get("link")):
        log.add("records.fhir_more_pages", Where(path.name))
    entries = body.get("entry", [])
    for number, entry in enumerate(entries if isinstance(entries, list) else [entries], 1):
        known = entry if isinstance(entry, dict) else {}
        yield number, known.get("resource"), str(known.get("fullUrl", ""))


def _has_next(links: object) -> bool:
    each = links if isinstance(links, list) else []
    return any(isinstance(link, dict) and link.get("relation") == "next" for link in each)


def _lines(path: Path, text: str) -> Iterator[tuple[int, Any, str]]:
    for number, line in enumerate(text.split("\n"), 1):
        if line.strip():
            try:
                yield number, json.loads(line, parse_float=str, parse_constant=str), ""
            except (json.JSONDecodeError, RecursionError):
                yield number, None, ""


class References:
    """Where a reference leads: to a patient's id, or to a medication.

    Parameters
    ----------
    resources : sequence of Resource
    """

    def __init__(self, resources: Sequence[Resource]) -> None:
        self._by_url = {each.url: each for each in resources if each.url}
        self._medications = {
            str(each.body.get("id")): each.body for each in resources if each.type == "Medication"
        }

    def patient(self, reference: object) -> str | None:
        """Return the id of the patient that a ``subject`` refers to, ``None`` when it refers to none."""
        text = reference.get("reference") if isinstance(reference, dict) else None
        if not isinstance(text, str):
            return None
        known = self._by_url.get(text)
        if known is not None:
            return as_id(known.body.get("id")) if known.type == "Patient" else None
        parts = text.split("/")
        return as_id(parts[parts.index("Patient") + 1]) if "Patient" in parts[:-1] else None

    def medication(self, body: Mapping[str, Any]) -> Any:
        """Return the concept of an administered medication, wherever it stands."""
        reference = body.get("medicationReference")
        text = reference.get("reference") if isinstance(reference, dict) else None
        if not isinstance(text, str):
            return body.get("medicationCodeableConcept")
        contained = body.get("contained")
        for each in contained if isinstance(contained, list) else ():
            if isinstance(each, dict) and text == f"#{each.get('id')}":
                return each.get("code")
        known = self._by_url.get(text)
        if known is not None:
            return known.body.get("code")
        return self._medications.get(text.rsplit("/", 1)[-1], {}).get("code")


def as_id(raw: object) -> str | None:
    """Return a resource's id; anything but a text is none."""
    return raw if isinstance(raw, str) and raw else None


def codings(concept: object) -> list[tuple[str, str]]:
    """Return the (system, code) pairs of a concept."""
    coding = concept.get("coding") if isinstance(concept, dict) else None
    return [
        (str(each.get("system", "")), str(each["code"]))
        for each in (coding if isinstance(coding, list) else ())
        if isinstance(each, dict) and "code" in each
    ]


def names(concept: object) -> list[str]:
    """Return the names that a concept gives itself: its text and the displays of its codes."""
    if not isinstance(concept, dict):
        return []
    coding = concept.get("coding")
    each = coding if isinstance(coding, list) else []
    given = [known.get("display") for known in each if isinstance(known, dict)]
    return [name for name in (concept.get("text"), *given) if isinstance(name, str)]


def moment(body: Mapping[str, Any], name: str, end: str = "start") -> str | None:
    """Return the date of ``name[x]``: a dateTime, a date, an instant, or one end of a Period."""
    for kind in ("DateTime", "Date", "Instant"):
        if isinstance(body.get(name + kind), str):
            return str(body[name + kind]) if end == "start" else None
    period = body.get(f"{name}Period")
    given = period.get(end) if isinstance(period, dict) else None
    return given if isinstance(given, str) else None
