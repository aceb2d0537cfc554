"""Small cells: who has fewer than k others alike."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dayzero.records.anonymity import small_cells
from records.making import read_folder

if TYPE_CHECKING:
    from pathlib import Path

    from dayzero.records import Records


def cohort(path: Path) -> Records:
    """Return five boys of 12 to 17 alike, one girl of the same, and a boy of 18."""
    people = [(f"B{i}", "male", 12 + i) for i in range(5)]
    people += [("G1", "female", 12), ("M1", "male", 18)]
    patients = "".join(f"{name},{sex},{age},ALL\n" for name, sex, age in people)
    grafts = "".join(f"{name},2019-05-0{i + 1},allogeneic,cord\n" for i, (name, *_) in enumerate(people))
    return read_folder(
        path,
        {
            "patients": "patient_id,sex,age,diagnosis\n" + patients,
            "transplants": "patient_id,date,type,donor\n" + grafts + "B1,2020-01-01,allogeneic,haplo\n",
        },
    )


def test_counts_patients_alike(tmp_path: Path) -> None:
    found = small_cells(cohort(tmp_path), 5)
    assert [finding.id for finding in found] == [
        "records.small_cells",
        "records.small_cell",
        "records.small_cell",
    ]
    assert found[0].what.startswith("2 of 7 patients have fewer than 5 alike")
    assert [(finding.where.item, finding.found) for finding in found[1:]] == [
        ("age 12-17; sex female; year 2019; diagnosis ALL; donor cord blood", "1"),
        ("age 18-39; sex male; year 2019; diagnosis ALL; donor cord blood", "1"),
    ]


def test_k_is_the_least_number_that_is_enough(tmp_path: Path) -> None:
    records = cohort(tmp_path)
    assert small_cells(records, 6)[0].what.startswith("7 of 7 patients have fewer than 6 alike")
    assert len(small_cells(records, 2)) == 3


def test_names_nobody(tmp_path: Path) -> None:
    for finding in small_cells(cohort(tmp_path), 6):
        assert finding.where.patient_id is None
        assert finding.where.row is None
        assert "B1" not in str(finding.as_dict())
