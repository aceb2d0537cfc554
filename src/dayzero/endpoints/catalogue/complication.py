"""Complications and infections."""

from __future__ import annotations

from dayzero.endpoints.catalogue.words import (
    AS_RECORDED,
    proportion,
)

DEFINITIONS = (
    proportion(
        "engraftment_syndrome",
        "Engraftment syndrome",
        "engraftment syndrome after day 0",
        AS_RECORDED + " By criteria: engraftment_syndrome_spitzer, engraftment_syndrome_maiolino",
    ),
    proportion(
        "VOD",
        "Veno-occlusive disease (VOD/SOS)",
        "VOD/SOS after day 0",
        AS_RECORDED + " Paediatric criteria: Corbacioglu et al., Bone Marrow Transplant 2018;53:138",
    ),
    proportion(
        "TMA",
        "Transplant-associated thrombotic microangiopathy",
        "TMA after day 0",
        AS_RECORDED + " Criteria: Schoettler et al., Transplant Cell Ther 2023;29:151",
    ),
)
