"""What the keys of ``[figures.NAME]`` mean for each kind of figure."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Final

from dayzero.endpoints.catalogue import lookup
from dayzero.errors import BadInputError
from dayzero.study.pictures.kinds import KINDS
from dayzero.study.protocol import FigureSection, keys_of
from dayzero.study.rules import parse_rule

if TYPE_CHECKING:
    from dayzero.study.loading import Study

_WHO: Final = ("patients", "with_event")
_AXIS: Final = ("from", "limit", "ticks", "unit")
#: The keys of each kind, besides ``title`` and ``kind``.
KEYS: Final[dict[str, tuple[str, ...]]] = {
    "curves": ("panels", "titles"),
    "swimmer": ("by", "show", *_WHO, *_AXIS),
    "stacked": ("endpoint", "by", "horizons", "limit", "ticks"),
    "states": ("gvhd", "by", "horizons", "limit", "ticks"),
    "course": (
        *("analyte", "specimen", "by", *_WHO, *_AXIS),
        *("times", "levels", "scale", "transfusions"),
    ),
    "mrd": ("by", *_WHO),
    "timeline": ("patient", "analytes", "show", *_AXIS),
}
#: Keys that a kind cannot do without.
_NEEDED: Final = {"course": "analyte", "timeline": "patient"}


def check_kind(study: Study, name: str, figure: FigureSection) -> None:
    """Check the keys of a figure of one kind.

    Raises
    ------
    BadInputError
        A key of another kind, a missing key, or a value that names what does not exist.
    """
    _check_keys(study, name, figure)
    if figure.by:
        from dayzero.study.protocol_checks import check_group_name

        check_group_name(study, figure.by, study.at("figures", name, "by"))
    for key in ("endpoint", "with_event"):
        if getattr(figure, key):
            lookup(getattr(figure, key), study.at("figures", name, key))
    for index, endpoint in enumerate(figure.gvhd):
        lookup(endpoint, study.at("figures", name, "gvhd", index))
    for index, kind in enumerate(figure.show):
        if kind not in KINDS:
            place = study.at("figures", name, "show", index)
            raise BadInputError.unknown_name(kind="mark or bar", found=kind, allowed=KINDS, where=place)
    if figure.patients:
        parse_rule(figure.patients, study.at("figures", name, "patients"))
    _check_numbers(study, name, figure)


def _check_keys(study: Study, name: str, figure: FigureSection) -> None:
    own = ("title", "kind", *KEYS[figure.kind])
    fields = FigureSection.model_fields
    given = {field: fields[field].alias or field for field in figure.model_fields_set}
    for key in keys_of(FigureSection):
        if key in given.values() and key not in own:
            what = f"a figure of kind '{figure.kind}' has no '{key}'"
            others = [kind for kind, keys in KEYS.items() if key in keys]
            hint = f"'{key}' belongs to kind {' or '.join(repr(kind) for kind in others)}"
            raise BadInputError(what, where=study.at("figures", name, key), allowed=own, hint=hint)
    needed = _NEEDED.get(figure.kind)
    if needed and not getattr(figure, needed):
        what = f"a figure of kind '{figure.kind}' needs '{needed}'"
        hint = {"analyte": "such as 'ANC', 'platelets', 'chimerism'", "patient": "the id of a patient"}[
            needed
        ]
        raise BadInputError(what, where=study.at("figures", name), allowed=own, hint=hint)


def _check_numbers(study: Study, name: str, figure: FigureSection) -> None:
    for key in ("limit", "ticks"):
        value = getattr(figure, key)
        if value is not None and value <= 0:
            what = f"'{key}' is {value:g}"
            raise BadInputError(what, where=study.at("figures", name, key), allowed="a number above 0")
    if figure.start is not None and figure.limit is not None and figure.start >= figure.limit:
        what = f"the axis goes from {figure.start:g} to {figure.limit:g}"
        raise BadInputError(what, where=study.at("figures", name, "from"), allowed="from below limit")
    for key in ("horizons", "times"):
        values = getattr(figure, key)
        if not all(a < b for a, b in pairwise(values)):
            what = f"{key} are {', '.join(f'{v:g}' for v in values)}"
            raise BadInputError(
                what, where=study.at("figures", name, key), allowed="increasing times, each once"
            )
