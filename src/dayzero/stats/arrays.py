"""From what a user passes to codes that can be counted: times, causes, labels and weights, checked once."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from dayzero.errors import BadInputError

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.intp]
Label = str | int | float | bool

LARGEST_CAUSE = 1000
FEW_CAUSES = 7  # up to this bound, unused codes cost nothing
DENSE_LABELS = 64  # integer labels spread over at most this range are counted without sorting
# R's survival::aeqSurv: two times closer than this, absolutely or relative to the mean time, are one time.
TIE_TOLERANCE = float(np.sqrt(np.finfo(np.float64).eps))


class Coded(NamedTuple):
    """Labels as codes 0..len(levels)-1; ``keep_all`` when the levels were given, so that empty ones stay."""

    codes: npt.NDArray[Any] | None
    levels: tuple[Label, ...]
    keep_all: bool


def first_position(bad: npt.NDArray[np.bool_]) -> str:
    """Say where the first offending row is, and how many there are."""
    found = np.flatnonzero(bad)
    return f"position {found[0]} (counting from 0), {found.size} in all"


def numeric(values: Any, name: str) -> npt.NDArray[Any]:
    """Return a one-dimensional numeric array, or say why ``values`` is none."""
    array = np.asarray(values)
    if array.dtype.kind in "OUS":
        try:
            array = array.astype(np.float64)
        except (TypeError, ValueError):
            what = f"{name} must be numbers; the array has type {np.asarray(values).dtype}"
            raise BadInputError(what) from None
    if array.dtype.kind not in "biuf":
        what = f"{name} must be numbers; the array has type {array.dtype}"
        raise BadInputError(what, hint="turn dates and durations into days since day 0")
    if array.ndim != 1:
        what = f"{name} must have one dimension; it has {array.ndim}"
        raise BadInputError(what)
    return array


def same_length(n: int, **arrays: Any) -> None:
    """Refuse arrays that do not have one value a row."""
    for name, values in arrays.items():
        if values is not None and len(values) != n:
            what = f"{name} has {len(values)} values, time has {n}"
            raise BadInputError(what)


def checked_times(values: Any, name: str = "time") -> npt.NDArray[Any]:
    """Return times that are finite and not negative."""
    return times_and_longest(values, name)[0]


def times_and_longest(values: Any, name: str = "time") -> tuple[npt.NDArray[Any], float]:
    """Return times that are finite and not negative, and the largest."""
    time = numeric(values, name)
    if time.dtype.kind == "b":
        what = f"{name} must be times, not true/false"
        raise BadInputError(what, hint="the order of the arguments is (time, event or cause, group)")
    if not time.size:
        return time, 0.0
    longest = largest(time)
    if not 0 <= longest < np.inf:
        bad = ~((time >= 0) & (time < np.inf))
        what = f"{name} must be finite and not negative"
        hint = "a time before day 0 or a missing time cannot be counted: correct or exclude the row"
        raise BadInputError(what, where=first_position(bad), hint=hint)
    return time, longest


def largest(values: npt.NDArray[Any]) -> float:
    """Return the largest value; -1 or NaN when one is negative or NaN."""
    kind = values.dtype.kind
    if kind == "u":
        return float(values.max())
    if kind == "i":  # one pass: read as unsigned, a negative number is larger than any other
        unsigned = values.view(f"u{values.itemsize}").max()
        return float(unsigned) if unsigned <= np.iinfo(values.dtype).max else -1.0
    low = float(values.min())
    return float(values.max()) if low >= 0 else min(low, -1.0)


def whole_numbers(values: npt.NDArray[Any]) -> npt.NDArray[Any] | None:
    """Return ``values`` as integers when every one is a whole number, else None."""
    if values.dtype.kind in "biu":
        return values
    if values.size and values[0] != np.floor(values[0]):
        return None
    whole = values.astype(np.int64)
    return whole if bool((whole == values).all()) else None


def distinct_times(values: npt.NDArray[Any]) -> tuple[FloatArray, IntArray]:
    """Return the distinct times in order and each row's index among them; round-off ties are one time.

    Times computed as days/30.4375 by two routes can differ in the last bit and would break a tie; they are
    joined as R's ``survival::aeqSurv`` does: to the smallest of a run of neighbours within the tolerance.
    """
    times, index = np.unique(values, return_inverse=True)
    times = times.astype(np.float64)
    if values.dtype.kind != "f" or times.size < 2:
        return times, index
    joined = close_to_previous(times)
    if joined.any():
        cluster = np.cumsum(~joined) - 1
        return times[~joined], cluster[index]
    return times, index


def close_to_previous(times: FloatArray) -> npt.NDArray[np.bool_]:
    """Tell for each sorted distinct time whether it equals its predecessor up to round-off."""
    gap = np.diff(times)
    scale = max(1.0, float(np.abs(times).mean()))
    return np.concatenate(([False], gap <= TIE_TOLERANCE * scale))


def checked_causes(values: Any, name: str = "cause") -> tuple[npt.NDArray[Any], int]:
    """Return cause codes (0 censored, 1..K) and the largest."""
    given = numeric(values, name)
    if given.dtype.kind == "b":
        return given.view(np.uint8), 1
    if not given.size:
        return given.astype(np.int64), 1
    codes = whole_numbers(given) if given.dtype.kind != "f" or np.isfinite(given).all() else None
    hint = "0 is censored, 1 the event of interest, 2 and more the competing causes"
    if codes is None:
        bad = ~(np.isfinite(given) & (given == np.floor(given)))
        what = f"{name} must be whole numbers"
        raise BadInputError(what, where=first_position(bad), hint=hint)
    bound = int(largest(codes))
    if 0 <= bound <= FEW_CAUSES:
        return codes, bound
    low, high = int(codes.min()), int(codes.max())
    if low < 0 or high > LARGEST_CAUSE:
        what = f"{name} codes run from {low} to {high}"
        raise BadInputError(what, allowed=f"whole numbers from 0 to {LARGEST_CAUSE}", hint=hint)
    return codes, high


def checked_weights(values: Any, name: str = "weight") -> FloatArray:
    """Return weights that are finite, not negative, and not all zero."""
    weight = numeric(values, name).astype(np.float64)
    bad = ~((weight >= 0) & (weight < np.inf))
    if bad.any():
        what = f"{name} must be finite and not negative"
        raise BadInputError(what, where=first_position(bad))
    if weight.size and not weight.any():
        what = f"every {name} is zero: there is nobody to count"
        raise BadInputError(what)
    return weight


def coded_labels(values: Any, name: str, levels: Any = None) -> Coded:
    """Code labels: in the order of ``levels`` (or of an Enum / ordered categories), else sorted."""
    if values is None:
        return Coded(None, ("all",), keep_all=False)
    if levels is None:
        declared = _declared_levels(values)
        if declared is not None:
            return declared
    array = np.asarray(values)
    if array.ndim != 1:
        what = f"{name} must have one dimension; it has {array.ndim}"
        raise BadInputError(what)
    if levels is not None:
        return _in_given_order(array, name, tuple(levels))
    if array.dtype.kind in "biu":
        return _integer_labels(array)
    return _sorted_labels(array, name)


def compacted(coded: Coded) -> Coded:
    """Drop the labels that nobody has, unless they were declared."""
    if coded.codes is None or coded.keep_all:
        return coded
    present, codes = np.unique(coded.codes, return_inverse=True)
    return Coded(codes, tuple(coded.levels[i] for i in present), keep_all=True)


def _declared_levels(values: Any) -> Coded | None:
    """Read the order from a polars Enum or an ordered pandas Categorical; both keep levels nobody has."""
    dtype = getattr(values, "dtype", None)
    kind = type(dtype).__name__
    if kind == "Enum" and not values.null_count():
        return Coded(values.to_physical().to_numpy(), tuple(dtype.categories.to_list()), keep_all=True)  # type: ignore[union-attr]
    if kind == "CategoricalDtype" and dtype.ordered:  # type: ignore[union-attr]
        codes = np.asarray(getattr(values, "cat", values).codes)
        if not codes.size or codes.min() >= 0:
            return Coded(codes, tuple(dtype.categories), keep_all=True)  # type: ignore[union-attr]
    return None


def _integer_labels(array: npt.NDArray[Any]) -> Coded:
    if array.dtype.kind == "b":
        return Coded(array.view(np.uint8), (False, True), keep_all=False)
    if not array.size:
        return Coded(array.astype(np.intp), (), keep_all=False)
    bound = int(largest(array))
    if 0 <= bound < DENSE_LABELS:
        return Coded(array, tuple(range(bound + 1)), keep_all=False)
    low, high = int(array.min()), int(array.max())
    if high - low >= DENSE_LABELS:
        found, codes = np.unique(array, return_inverse=True)
        return Coded(codes, tuple(found.tolist()), keep_all=False)
    return Coded(array - low, tuple(range(low, high + 1)), keep_all=False)


def _refuse_missing(name: str, bad: npt.NDArray[np.bool_]) -> None:
    if bad.any():
        what = f"{name} is missing"
        hint = "give the unknown group a name of its own, or exclude the row"
        raise BadInputError(what, where=first_position(bad), hint=hint)


def _sorted_labels(array: npt.NDArray[Any], name: str) -> Coded:
    if array.dtype.kind == "O":
        return _object_labels(array.tolist(), name)
    if array.dtype.kind == "f":
        _refuse_missing(name, np.isnan(array))
    found, codes = np.unique(array, return_inverse=True)
    return Coded(codes, tuple(found.tolist()), keep_all=False)


def _object_labels(values: list[Any], name: str) -> Coded:
    """Code Python objects; a label must be text or a number, all of one kind, none missing."""
    _refuse_missing(name, np.array([v is None or v != v for v in values], dtype=bool))
    kinds = {"text" if isinstance(v, str) else "number" if np.isscalar(v) else "other" for v in values}
    if "other" in kinds or len(kinds) > 1:
        what = f"{name} labels must be all text or all numbers"
        raise BadInputError(what, hint="pass the names of the groups as text")
    ordered = tuple(sorted(set(values)))
    code = {label: i for i, label in enumerate(ordered)}
    return Coded(np.fromiter((code[v] for v in values), np.intp, len(values)), ordered, keep_all=False)


def _in_given_order(array: npt.NDArray[Any], name: str, levels: tuple[Label, ...]) -> Coded:
    values = array.tolist()
    code = {label: i for i, label in enumerate(levels)}
    if len(code) != len(levels):
        what = f"levels of {name} repeat"
        raise BadInputError(what)
    try:
        codes = np.fromiter((code.get(v, -1) for v in values), np.intp, len(values))
    except TypeError:
        what = f"{name} labels must be text or numbers"
        raise BadInputError(what) from None
    if (codes < 0).any():
        what = f"{name} has a value that is not among its levels"
        raise BadInputError(what, where=first_position(codes < 0), allowed=[str(v) for v in levels])
    return Coded(codes, levels, keep_all=True)
