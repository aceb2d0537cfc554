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
        "cmv_infection",
        "CMV infection or reactivation",
        "infection whose cause names CMV, after day 0",
        AS_RECORDED + " Definitions: Ljungman et al., Clin Infect Dis 2024;79:787",
    ),
    proportion(
        "ebv_infection",
        "EBV infection or reactivation",
        "infection whose cause names EBV, after day 0",
        AS_RECORDED + " Definitions: EBMT Handbook 2024, chapter 45 (ECIL-6)",
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
