"""Joint cells of entry and exit, kept under delayed entry only."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from dayzero.stats.arrays import FloatArray, IntArray
    from dayzero.stats.event_table import EventTable


@dataclass(frozen=True, eq=False)
class Spells:
    """Cells of people who share entry, exit, cause, group and stratum.

    ``entry`` and ``exit`` index the times of the table; entry -1 means at risk from the origin. The robust
    variance under delayed entry needs this joint count; nothing else does.
    """

    stratum: IntArray
    group: IntArray
    cause: IntArray
    entry: IntArray
    exit: IntArray
    count: FloatArray
    weight: FloatArray
    weight_squared: FloatArray

    @classmethod
    def of(cls, table: EventTable) -> Spells:
        """Return the joint cells of a table; without late entries everybody is at risk from the origin."""
        if table.spells is not None:
            return table.spells
        stratum, group, cause, left = np.nonzero(table.count)
        at = (stratum, group, cause, left)
        origin = np.full(len(left), -1, dtype=np.intp)
        squares = table.squares()[at]
        return cls(stratum, group, cause, origin, left, table.count[at], table.leaving()[at], squares)

    def joined(self, other: Spells) -> Spells:
        """Return the cells of both; a cell may then appear twice, which no sum minds."""
        names = self.__dataclass_fields__
        both = {name: np.concatenate((getattr(self, name), getattr(other, name))) for name in names}
        return Spells(**both)

    def where(self, kept: npt.NDArray[np.bool_]) -> Spells:
        """Return some of the cells."""
        return Spells(**{name: getattr(self, name)[kept] for name in self.__dataclass_fields__})

    def of_groups(self, new: IntArray) -> Spells:
        """Return the cells of the groups whose ``new`` number is not negative, renumbered."""
        chosen = self.where(new[self.group] >= 0)
        return replace(chosen, group=new[chosen.group])

    def entered(self, values: FloatArray, shape: tuple[int, int, int]) -> FloatArray:
        """Sum ``values`` of late entries by (stratum, group, time of entry)."""
        late = self.entry >= 0
        key = (self.stratum[late] * shape[1] + self.group[late]) * shape[2] + self.entry[late]
        size = shape[0] * shape[1] * shape[2]
        return np.bincount(key, values[late], minlength=size).astype(np.float64).reshape(shape)
