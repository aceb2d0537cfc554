"""Covariates as a regression reads them: named numeric columns, factors expanded by an explicit call."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from dayzero.errors import BadInputError
from dayzero.stats.arrays import Label, coded_labels

FloatArray = npt.NDArray[np.float64]

BLOCK = 8192  # rows whose values stay in cache
CONSTANT = 1e-12  # a standard deviation below this share of the mean is round-off


@dataclass(frozen=True)
class DesignMatrix:
    """Numeric covariates with the name of each column.

    Parameters
    ----------
    values : ndarray of float, shape (n, p)
        One row a patient (or a patient's interval), one column a term. Finite.
    terms : tuple of str
        Names of the columns, all different.
    """

    values: FloatArray
    terms: tuple[str, ...]

    def columns(self, terms: tuple[str, ...]) -> FloatArray:
        """Return the columns named ``terms``, in that order."""
        return self.values[:, [self.terms.index(term) for term in terms]]


def design_matrix(covariates: Any, n_rows: int | None = None, name: str = "covariates") -> DesignMatrix:
    """Read covariates from any of the forms a user has them in.

    Parameters
    ----------
    covariates : array (n,) or (n, p), mapping of arrays, polars or pandas DataFrame, or DesignMatrix
        Numbers or true/false only. Text is refused, because the reference level of a factor is a decision:
        expand it with :func:`expand_factor`. Columns of a plain array are called ``x1``, ``x2``, ...
    n_rows : int, optional
        Number of rows expected.
    name : str
        What to call the argument in an error.

    Returns
    -------
    DesignMatrix
        The values as a C-ordered float array (the caller's own, if it is one).

    Raises
    ------
    BadInputError
        When a column is text, repeats a name, or has another length. Values are checked by :func:`centred`.
    """
    if isinstance(covariates, DesignMatrix):
        design = covariates
    elif isinstance(covariates, Mapping):
        design = _from_columns(list(covariates), [covariates[key] for key in covariates], name)
    elif hasattr(covariates, "columns"):
        keys = list(covariates.columns)
        design = _from_columns(keys, [covariates[key] for key in keys], name)
    else:
        design = _from_array(covariates, name)
    if n_rows is not None and len(design.values) != n_rows:
        what = f"{name} has {len(design.values)} rows, time has {n_rows}"
        raise BadInputError(what)
    if not design.terms:
        what = f"{name} has no column"
        raise BadInputError(what, hint="without covariates the curve is kaplan_meier or cumulative_incidence")
    return design


def _from_array(covariates: Any, name: str) -> DesignMatrix:
    array = np.asarray(covariates)
    if array.dtype.kind not in "biuf":
        what = f"{name} must be numbers; the array has type {array.dtype}"
        raise BadInputError(what, hint="expand a factor with expand_factor(name, values, reference=...)")
    if array.ndim == 1:
        array = array[:, None]
    if array.ndim != 2:
        what = f"{name} must be a table of rows and columns; it has {array.ndim} dimensions"
        raise BadInputError(what)
    terms = tuple(f"x{j + 1}" for j in range(array.shape[1]))
    return DesignMatrix(np.asarray(array, dtype=np.float64, order="C"), terms)


def _from_columns(keys: list[Any], columns: list[Any], name: str) -> DesignMatrix:
    terms = tuple(str(key) for key in keys)
    if len(set(terms)) != len(terms):
        what = f"{name} has two columns of the same name"
        raise BadInputError(what, where=", ".join(sorted({t for t in terms if terms.count(t) > 1})))
    arrays = [_numeric_column(term, column) for term, column in zip(terms, columns, strict=True)]
    lengths = {len(array) for array in arrays}
    if len(lengths) > 1:
        what = f"columns of {name} have different lengths: {sorted(lengths)}"
        raise BadInputError(what)
    values = np.empty((lengths.pop() if lengths else 0, len(arrays)))
    for j, array in enumerate(arrays):
        values[:, j] = array
    return DesignMatrix(values, terms)


def _numeric_column(term: str, column: Any) -> npt.NDArray[Any]:
    array = np.asarray(column)
    if array.dtype.kind == "O" and all(
        v is None or isinstance(v, bool | int | float) for v in array.tolist()
    ):
        array = array.astype(np.float64)
    if array.dtype.kind not in "biuf" or array.ndim != 1:
        what = f"column '{term}' is not a column of numbers"
        hint = f"for a factor: expand_factor({term!r}, values, reference=...)"
        raise BadInputError(what, where=f"column '{term}'", allowed="numbers, true/false", hint=hint)
    return array


@dataclass(frozen=True)
class Centred:
    """Covariates of a model: finite, moved near their means.

    Attributes
    ----------
    x : ndarray, shape (n, p)
        The values less ``center``, a copy.
    center : ndarray, shape (p,)
        Close to the means, so that nothing cancels; not the means themselves.
    spread : ndarray, shape (p,)
        Standard deviations; exactly 0 for a column that is constant up to round-off.
    """

    x: FloatArray
    center: FloatArray
    spread: FloatArray


def centred(design: DesignMatrix, name: str = "covariates") -> Centred:
    """Copy, centre and measure covariates in one pass over them.

    Raises
    ------
    BadInputError
        When a value is missing or infinite.
    """
    values = design.values
    n, p = values.shape
    if not n:
        what = "there are no rows"
        raise BadInputError(what, hint="check the filter that made this data set")
    ones = np.ones(min(n, BLOCK))
    with np.errstate(over="ignore", invalid="ignore"):
        center = values[:: max(1, n // 1000)].mean(axis=0)
        center[~np.isfinite(center)] = 0.0
        x, total, square = np.empty((n, p)), np.zeros(p), np.zeros(p)
        for begin in range(0, n, BLOCK):
            part = np.subtract(values[begin : begin + BLOCK], center, out=x[begin : begin + BLOCK])
            total += ones[: len(part)] @ part
            square += np.einsum("ij,ij->j", part, part)
    # A sum is finite only if every value is (values near the largest float aside).
    if not np.isfinite(square).all():
        refuse_not_finite(design, name)
    spread = np.sqrt(np.maximum(square / n - (total / n) ** 2, 0.0))
    constant = spread <= CONSTANT * np.abs(center)
    spread[constant] = 0.0
    x[:, constant] = 0.0
    return Centred(x, center, spread)


def refuse_not_finite(design: DesignMatrix, name: str = "covariates") -> None:
    """Refuse missing and infinite values, saying where the first one is."""
    for j in range(len(design.terms)):
        bad = np.flatnonzero(~np.isfinite(design.values[:, j]))
        if bad.size:
            what = f"{name} has a missing or infinite value"
            where = f"column '{design.terms[j]}', position {bad[0]} (counting from 0), {bad.size} in all"
            hint = "exclude the row, impute the value, or give 'unknown' a column of its own"
            raise BadInputError(what, where=where, allowed="finite numbers", hint=hint)


def expand_factor(
    name: str, values: Any, reference: Label | None = None, levels: Any = None
) -> dict[str, FloatArray]:
    """Expand a factor into one 0/1 column for each level other than the reference.

    Parameters
    ----------
    name : str
        Name of the factor; the columns are called ``"name: level"``.
    values : array-like of labels, shape (n,)
        The level of each row.
    reference : label, optional
        The level that the others are compared with; the first level when not given.
    levels : sequence of labels, optional
        The levels in the order wanted; sorted when not given. A level that nobody has gets no column.

    Returns
    -------
    dict of str to ndarray
        To be merged into a mapping of covariates: ``{"age": age, **expand_factor("phase", phase, "CR1")}``.

    Raises
    ------
    BadInputError
        When a label is missing, nobody has the reference level, or there are fewer than two levels.
    """
    codes, declared, _ = coded_labels(values, name, levels)
    present = set(np.unique(np.asarray(codes)).tolist())
    found = [level for k, level in enumerate(declared) if k in present]
    if len(found) < 2:
        what = f"factor '{name}' has {len(found)} level"
        raise BadInputError(what, hint="a factor of one level says nothing: leave it out")
    base = found[0] if reference is None else reference
    if base not in found:
        raise BadInputError.unknown_name(
            kind="level", found=str(base), allowed=[str(v) for v in found], where=f"factor '{name}'"
        )
    return {
        f"{name}: {level}": np.asarray(codes == k, dtype=np.float64)
        for k, level in enumerate(declared)
        if level != base and level in found
    }


def columns_for(covariates: Any, terms: tuple[str, ...]) -> FloatArray:
    """Read new covariates for a model's ``terms``: by name when named, else by position.

    Raises
    ------
    BadInputError
        When a term is missing, or a plain array has another number of columns.
    """
    design = design_matrix(covariates)
    refuse_not_finite(design)
    named = isinstance(covariates, DesignMatrix | Mapping) or hasattr(covariates, "columns")
    if not named:
        values = design.values
        if np.ndim(covariates) == 1 and len(terms) > 1:
            values = values.T
        if values.shape[1] != len(terms):
            what = f"covariates has {values.shape[1]} columns, the model has {len(terms)}"
            raise BadInputError(what, allowed=terms)
        return np.ascontiguousarray(values)
    missing = [term for term in terms if term not in design.terms]
    if missing:
        raise BadInputError.unknown_name(
            kind="term", found=missing[0], allowed=design.terms, where="covariates"
        )
    return np.ascontiguousarray(design.columns(terms))
