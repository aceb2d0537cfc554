"""How each complication of the catalogue is derived."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dayzero.endpoints.complication.tma import derive_tma
from dayzero.endpoints.complication.vod import SYSTEMS, derive_vod
from dayzero.endpoints.gvhd.chronic_incidence import CHRONIC, derive_chronic
from dayzero.endpoints.gvhd.steroid_refractory import derive_refractory_gvhd
from dayzero.endpoints.infection.cmv import derive_refractory, derive_significant
from dayzero.endpoints.infection.infections import INFECTIONS, derive_infection
from dayzero.endpoints.infection.viral import VIRUSES, derive_dnaemia
from dayzero.endpoints.outcome.death_of_cause import CAUSES, derive_death_of_cause

if TYPE_CHECKING:
    from collections.abc import Callable

    from dayzero.endpoints.definition import Definition, DerivedEndpoint
    from dayzero.endpoints.options import Options
    from dayzero.records.model import Records

#: Derivation by the name of the endpoint.
COMPLICATIONS: dict[str, Callable[[Definition, Records, Options], DerivedEndpoint]] = {
    **dict.fromkeys(SYSTEMS, derive_vod),
    **dict.fromkeys(CAUSES, derive_death_of_cause),
    **dict.fromkeys(INFECTIONS, derive_infection),
    **dict.fromkeys(VIRUSES, derive_dnaemia),
    "csCMVi": derive_significant,
    "cmv_refractory": derive_refractory,
    **dict.fromkeys(CHRONIC, derive_chronic),
    "aGVHD_steroid_refractory": derive_refractory_gvhd,
    "TMA_harmonised2023": derive_tma,
}
