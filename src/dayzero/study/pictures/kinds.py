"""The entries of a swimmer plot's key: which treatment is which bar, which event which mark."""

from __future__ import annotations

from typing import Final

#: Agents against the disease, to their entry of the key; supportive care and conditioning are not shown.
BARS: Final = {
    "blinatumomab": "blinatumomab",
    "inotuzumab": "inotuzumab",
    "chemotherapy": "chemotherapy",
    "imatinib": "kinase inhibitor",
    "dasatinib": "kinase inhibitor",
    "ponatinib": "kinase inhibitor",
    "radiotherapy": "radiotherapy",
}
#: Given on one day: a mark, not a bar.
INFUSIONS: Final = {"CAR T": "CAR T cells", "DLI": "DLI"}
GRAFTS: Final = {
    "allogeneic": "second transplant",
    "autologous": "second transplant",
    "syngeneic": "second transplant",
    "boost": "stem cell boost",
    "DLI": "DLI",
}
#: Entries of the key, in its order.
MARKS: Final = (
    "neutrophil engraftment",
    "platelet engraftment",
    "acute GVHD",
    "chronic GVHD",
    "CMV",
    "relapse",
    "CAR T cells",
    "DLI",
    "stem cell boost",
    "second transplant",
    "death",
)
KINDS: Final = (*dict.fromkeys(BARS.values()), *MARKS)
#: Within days of transplant: on an axis of years they would cover each other.
EARLY: Final = ("neutrophil engraftment", "platelet engraftment")
