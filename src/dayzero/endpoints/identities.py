"""What must hold between endpoints of the same patients, whatever the data (EBMT Handbook 2024, chapter 6).

A violation is a fault of this program, never of the data.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

if TYPE_CHECKING:
    from collections.abc import Mapping

    from dayzero.endpoints.definition import DerivedEndpoint


#: DFS with one more kind of event.
COMPOSITES = ("EFS", "grfs_holtan2015", "grfs_ebmt_ruggeri2016", "mgrfs_nih", "crfs")


class IdentityError(AssertionError):
    """Two endpoints contradict each other; the message names them and how many patients."""


def check_failure(decided: pl.DataFrame, name: str) -> None:
    """Check that first failure is never later than what is known of survival: DFS is at most OS.

    A time that the centre gave is not checked: facts that contradict it are findings.

    Raises
    ------
    IdentityError
    """
    counted = decided.filter(pl.col("excluded").is_null() & pl.col("blocked").is_null())
    broken = counted.filter(pl.col("time").is_null() | (pl.col("time") < 0))
    if "known_alive" in counted.columns:
        later = counted.filter((pl.col("time") > pl.col("known_alive")) & (pl.col("flags") != "given"))
        broken = pl.concat([broken, later])
    _raise_if(broken, f"{name}: the time of first failure is missing, negative, or later than survival")


def check_identities(derived: Mapping[str, DerivedEndpoint]) -> None:
    """Check the identities between DFS, CIR, NRM and OS derived from the same records, those that are there.

    CIR, NRM and DFS have the same patients and times; relapse is cause 1 of CIR and cause 2 of NRM, death
    without relapse the reverse; DFS has its event exactly when either has. DFS is never later than OS,
    and event-free and GVHD-free survival never later than DFS.

    Parameters
    ----------
    derived : mapping of str to DerivedEndpoint
        By name; other endpoints are ignored.

    Raises
    ------
    IdentityError
        Naming the endpoints that contradict each other.
    """
    swap = {0: 0, 1: 2, 2: 1, 3: 3}  # 3: a second transplant in remission, where it was chosen to compete
    event = {0: 0, 1: 1, 2: 1, 3: 3}
    _check_pair(derived, "CIR", "NRM", swap)
    _check_pair(derived, "CIR", "DFS", event)
    _check_pair(derived, "NRM", "DFS", event)
    for name in ("DFS", "CIR", "NRM"):
        _check_not_after(derived, name, "OS")
    for name in COMPOSITES:
        _check_not_after(derived, name, "DFS")


def _check_pair(
    derived: Mapping[str, DerivedEndpoint], left: str, right: str, reading: dict[int, int]
) -> None:
    if left not in derived or right not in derived:
        return
    columns = ["patient_id", "time", "cause"]
    read = (
        derived[left]
        .frame.select(columns)
        .with_columns(pl.col("cause").replace_strict(reading, return_dtype=pl.Int64))
    )
    if not read.equals(derived[right].frame.select(columns)):
        message = f"{left} and {right} differ in patients, times or causes"
        raise IdentityError(message)


def _check_not_after(derived: Mapping[str, DerivedEndpoint], first: str, last: str) -> None:
    if first not in derived or last not in derived:
        return
    both = derived[first].frame.join(derived[last].frame, on="patient_id", suffix="_last")
    broken = both.filter((pl.col("time") > pl.col("time_last")) & (pl.col("flags") != "given"))
    _raise_if(broken, f"{first} is later than {last}")


def _raise_if(broken: pl.DataFrame, what: str) -> None:
    if broken.height:
        message = f"{what} for {broken.height} patients (such as {broken['patient_id'][0]})"
        raise IdentityError(message)
