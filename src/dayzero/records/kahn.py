"""The harmonised terms of data quality: what kind of question a check asks of the data."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

SOURCE: Final = "Kahn et al., eGEMs 2016;4(1):1244, doi 10.13063/2327-9214.1244"


@dataclass(frozen=True)
class Kahn:
    """A category of data quality and its subcategory (Kahn et al. 2016); completeness has none."""

    category: str
    subcategory: str = ""

    def __str__(self) -> str:
        """Return the two as they are printed."""
        return ", ".join(part for part in (self.category, self.subcategory) if part)


#: A value has the declared form: type, code, unit, range of what can be written.
VALUE: Final = Kahn("conformance", "value")
#: Tables and columns are those declared, and refer to each other as declared.
RELATIONAL: Final = Kahn("conformance", "relational")
#: A value agrees with what follows from other values by calculation.
COMPUTATIONAL: Final = Kahn("conformance", "computational")
#: What should be there is there.
COMPLETENESS: Final = Kahn("completeness")
#: A thing is recorded once.
UNIQUENESS: Final = Kahn("plausibility", "uniqueness")
#: Values can be believed, alone or beside other values, whatever their time.
ATEMPORAL: Final = Kahn("plausibility", "atemporal")
#: Times and their order can be believed.
TEMPORAL: Final = Kahn("plausibility", "temporal")

#: In the order of the documentation.
KAHN: Final = (VALUE, RELATIONAL, COMPUTATIONAL, COMPLETENESS, UNIQUENESS, ATEMPORAL, TEMPORAL)
