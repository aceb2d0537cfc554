"""The event table: counts by (stratum, group, cause, time), the one sufficient statistic."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from dayzero.errors import BadInputError
from dayzero.stats import alignment, counting

if TYPE_CHECKING:
    from collections.abc import Iterable

    import polars as pl

    from dayzero.stats.arrays import FloatArray, Label
    from dayzero.stats.spells import Spells


@dataclass(frozen=True, eq=False)
class EventTable:
    """Counts by stratum, group, cause and time.

    Build it with :meth:`from_arrays` or :meth:`from_counts`; add tables with ``+``: times, groups, causes and
    strata are aligned, so shards, database engines and hospitals combine exactly.

    Attributes
    ----------
    times : ndarray, shape (T,)
        Distinct times at which somebody left (event or censored) or entered late, increasing.
    groups, strata : tuple
        Labels; ``("all",)`` when none were given.
    causes : tuple of int
        Cause codes; 0 (censored) is not among them.
    count : ndarray, shape (S, G, 1 + K, T)
        People who left, by stratum, group, cause (index 0: censored) and time.
    weight, weight_squared : ndarray or None
        Sum of case weights and of their squares in the same cells; None when nobody is weighted.
    entered, entered_weight : ndarray, shape (S, G, T), or None
        People, and their weight, who came under observation late, at each time.
    fractional : bool
        Whether some weight is not a whole number. Whole weights mean replication, fractional ones sampling.
    spells : Spells or None
        Joint cells of entry and exit, under delayed entry only.

    Notes
    -----
    A person with entry e and exit t is at risk on (e, t], the convention of R ``Surv(start, stop)``. An entry
    of 0 or less is no delayed entry: at risk from the origin, time 0 included.
    """

    times: FloatArray
    groups: tuple[Label, ...]
    causes: tuple[int, ...]
    strata: tuple[Label, ...]
    count: FloatArray
    weight: FloatArray | None = None
    weight_squared: FloatArray | None = None
    entered: FloatArray | None = None
    entered_weight: FloatArray | None = None
    fractional: bool = False
    spells: Spells | None = None

    @classmethod
    def from_arrays(
        cls,
        time: Any,
        cause: Any,
        group: Any = None,
        entry: Any = None,
        weight: Any = None,
        stratum: Any = None,
        *,
        levels: Iterable[Label] | None = None,
        causes: Iterable[int] = (1,),
    ) -> EventTable:
        """Count people.

        Parameters
        ----------
        time : array_like, shape (n,)
            Time of the event or of censoring, in any unit, not negative. Whole numbers (days) are counted in
            one pass; other times are sorted, and times equal up to round-off are one time.
        cause : array_like of int or bool, shape (n,)
            0 censored, 1 the event, 2.. competing causes.
        group, stratum : array_like, optional
            Labels. Groups come out sorted, unless ``levels`` or a polars Enum (or an ordered pandas
            Categorical) says otherwise; a level that nobody has is then kept.
        entry : array_like, optional
            Time at which observation began (delayed entry), before ``time``; 0 for none.
        weight : array_like, optional
            Case weights. Whole numbers replicate; fractional ones are sampling (e.g. inverse-probability)
            weights, for which the curves use the robust variance.
        levels : iterable, optional
            The groups in the wanted order.
        causes : iterable of int
            Causes to keep even when nobody has them.

        Raises
        ------
        BadInputError
            No rows; arrays of different length; a missing, negative or infinite time; an unknown code.
        """
        rows = counting.checked_rows(time, cause, group, entry, stratum, levels=levels, weight=weight)
        return alignment.with_declared_causes(cls(**counting.counted(rows)), causes)

    @classmethod
    def from_counts(
        cls,
        time: Any,
        cause: Any,
        count: Any,
        group: Any = None,
        entry: Any = None,
        stratum: Any = None,
        weight: Any = None,
        weight_squared: Any = None,
        *,
        levels: Iterable[Label] | None = None,
        causes: Iterable[int] = (1,),
    ) -> EventTable:
        """Build the table from counts already made, e.g. by ``SELECT ..., count(*) GROUP BY`` in a database.

        One row is one cell; rows may repeat and come in any order. For weighted people pass the sums of the
        weights and of their squares in the cell. Other parameters as for :meth:`from_arrays`.
        """
        if (weight is None) != (weight_squared is None):
            what = "weight and weight_squared go together: the sums of w and of w squared in each cell"
            raise BadInputError(what)
        rows = counting.checked_rows(
            time,
            cause,
            group,
            entry,
            stratum,
            levels=levels,
            weight=weight,
            count=count,
            weight_squared=weight_squared,
        )
        return alignment.with_declared_causes(cls(**counting.counted(rows)), causes)

    def __add__(self, other: EventTable) -> EventTable:
        """Return the table of both sets of people."""
        if not isinstance(other, EventTable):
            return NotImplemented
        return alignment.added(self, other)

    @property
    def n(self) -> int:
        """Number of people (rows), whatever their weights."""
        return round(float(self.count.sum()))

    @property
    def weighted(self) -> bool:
        """Whether case weights were given."""
        return self.weight is not None

    def leaving(self) -> FloatArray:
        """Weighted number who left, shape (S, G, 1 + K, T)."""
        return self.count if self.weight is None else self.weight

    def leaving_groups(self) -> FloatArray:
        """Weighted number who left, the strata added up, shape (G, 1 + K, T)."""
        leaving = self.leaving()
        together: FloatArray = leaving[0] if len(leaving) == 1 else leaving.sum(axis=0)
        return together

    def squares(self) -> FloatArray:
        """Sum of squared weights of those who left, in the same cells."""
        return self.count if self.weight_squared is None else self.weight_squared

    def entering(self) -> FloatArray | None:
        """Weighted number who entered late, shape (S, G, T), or None."""
        return self.entered if self.entered_weight is None else self.entered_weight

    def without_strata(self) -> EventTable:
        """Return the table with the strata added up."""
        if len(self.strata) == 1:
            return self
        return alignment.without_strata(self)

    def as_event(self, of_interest: int | None = None) -> EventTable:
        """Return the table of one composite event (any cause), or of one cause with the others censored."""
        if of_interest is None and self.causes == (1,):
            return self
        chosen = self.causes if of_interest is None else (self.known_cause(of_interest),)
        return alignment.one_event(self, chosen)

    def reversed(self) -> EventTable:
        """Return the table in which censoring is the event and every event is censoring."""
        return alignment.one_event(self, (0,))

    def after(self, landmark: float) -> EventTable:
        """Return the table of those still under observation, event-free, after ``landmark``; same clock."""
        return alignment.after(self, landmark)

    def known_cause(self, cause: int) -> int:
        """Return ``cause``, or refuse one that was never seen nor declared."""
        if cause not in self.causes:
            what = f"cause {cause} was never seen"
            hint = "a cause that nobody has yet can be declared: EventTable.from_arrays(..., causes=(1, 2))"
            raise BadInputError(what, allowed=[str(c) for c in self.causes], hint=hint)
        return cause

    def only(self, groups: Iterable[Label]) -> EventTable:
        """Return the table of some of the groups, in the order asked."""
        index = []
        for group in groups:
            if group not in self.groups:
                raise BadInputError.unknown_name(
                    kind="group", found=str(group), allowed=[str(g) for g in self.groups]
                )
            index.append(self.groups.index(group))
        return alignment.selected_groups(self, index)

    def to_frame(self) -> pl.DataFrame:
        """Return the non-empty cells as a Polars frame, columns as :meth:`from_counts` takes them."""
        return alignment.cells(self)
