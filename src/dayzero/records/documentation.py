"""Write the documentation of the tables and checks from their declarations."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from dayzero.records.tables import TABLES

if TYPE_CHECKING:
    from dayzero.records.schema import Column, Table

_INTRODUCTION: Final = """\
# Records: the six tables

One row is one fact about one patient on one day. A workbook has one sheet a table, a folder one CSV or
Parquet file a table; a flat file with one row a patient is mapped in the study file. `dayzero template
FILE.xlsx` makes the empty workbook, `dayzero check SOURCE` lists what is wrong in a full one.

Names of sheets, columns and codes are read in any letter case; blanks, hyphens and underscores are the
same.

## What is read as what

**Dates.** `2023-05-17`, date cells of a workbook, `17 May 2023`; or days from day 0: `15`, `D+15`, `-7`.
Dates written with numbers and the year last (`03/04/2023`) are read only when their order is declared
(`date_order = "dmy"` or `"mdy"`): the order is never guessed, not even when one of the numbers is above
12. Years of two digits, years alone, and day numbers that look like codes (`9999`, `1000000`) are
refused. A month without a day (`2021-05`, `05/2021`, `May 2021`) is refused too, unless the study declares
which day stands for it: `partial_dates = "first"`, `"middle"` (the 15th) or `"last"`; a note then says in
which columns and how often. The date of a transplant is never completed, because every day counts from it.

**Day 0** is the day of the first allogeneic transplant. After reading, only days from day 0 remain, with
the year of transplant; the date of birth has become the age in completed years (in tenths below two
years, at most 90). Calendar dates inside free text are replaced by `[date]`. If the date or the type of a
transplant cannot be read, a later transplant does not take its place: the patient has no day 0 until it
is corrected.

**Numbers.** `1e-4`, `2.5 x 10^-5`, `<0.01%`: operator, number and unit are kept apart. A comma is a
decimal mark where it cannot separate thousands (`0,5`), and refused where it can (`1,234`). MRD becomes a
fraction of cells (0.01% is 0.0001), counts become 10^9/L. A number outside its plausible range is not
used. A result without a unit that is plausible only in another unit (platelets of 45000, creatinine of 70) is
not used either; where two units have plausible numbers in common (haemoglobin, bilirubin, creatinine), a note
says how many results had none.

**Words.** An empty cell means not recorded. `unknown`, `not done`, `not applicable` and `negative` are
four other answers, and stay apart.

**Ids** are text: `00123` stays `00123`, `1E5` stays `1E5`.

A value that cannot be used is left out and reported; a row without a usable key column is left out and
reported. Nothing is left out silently.
"""

_FLAT: Final = """\
## A flat file: one row a patient

The study file says where each field comes from. A field is `{ column = "..." }`, or `{ value = "..." }`
for the same in every row. With a column may stand:

| key | meaning |
|---|---|
| `codes` | code in the file to word of the table; a code that is not listed is reported, not used |
| `never` | values of a date column that mean *it did not happen*; `""` is the empty cell |
| `missing` | values that mean *not recorded*; `missing` directly under `[data]` holds for every field |
| `unit` | of a time: `days`, `weeks`, `months` (30.4375 days), `years` (365.25 days); else of the column |

```toml
[data]
source = "children.csv"
layout = "one row per patient"
missing = ["NA"]                             # not recorded, in any column
id = { column = "patient" }                  # without it the row number is the id

[data.patients]
sex = { column = "gender", codes = { 1 = "male", 0 = "female" } }
age = { column = "age" }
diagnosis = { column = "disease" }

[data.transplants]                           # without it: one allogeneic transplant on day 0
graft = { column = "source", codes = { 1 = "peripheral blood", 0 = "bone marrow" } }

[[data.events]]
event = { value = "platelet engraftment" }
date = { column = "plt_day", never = ["1000000"] }

[[data.events]]
event = { value = "aGVHD" }
grade = { value = "III-IV" }
date = { column = "agvhd_day", never = ["1000000"] }
occurred = { column = "agvhd", codes = { 0 = "yes", 1 = "no" } }
contradiction = "unknown"                    # or "use day", "use occurred"

[[data.events]]
event = { value = "death" }
date = { column = "survival_time" }
when = { column = "survival_status", is = ["1"] }   # the row is made for these patients only

[[data.follow_up]]
date = { column = "survival_time" }
alive = { column = "survival_status", codes = { 1 = "no", 0 = "yes" } }

[[data.given]]                               # a time and what ended it, as the centre derived them
name = "first failure"
time = { column = "ftime", unit = "months" }
outcome = { column = "status", codes = { 0 = "censored", 1 = "relapse", 2 = "death" } }

[data.variables.risk_group]                  # an extra variable
column = "risk"
codes = { 1 = "high", 0 = "standard" }
label = "Risk group"
known = "day 0"                              # or "after day 0": then it cannot group a curve from day 0
type = "category"                            # or "number", "yes/no"; with unit = "...": a number
```

An event whose cells are empty is unknown, not absent: say `never = [""]` where an empty cell means that
it did not happen. When the day and the yes/no of an event contradict each other, the default is to
believe neither: the event is unknown, the patient leaves its curve with a stated reason, and an error
names the row. Days that are converted from weeks, months or years are rounded to whole days; given times
are not rounded.
"""


_FINDINGS: Final = """\
## Findings

`error`: a value or row was not used, or must be corrected; `warning`: used, but look at it;
`note`: what was done. A finding names sheet, row and column as they stand in the file. It never
repeats free text or a date. Every check is listed in `docs/checks.md`.
"""


def document() -> str:
    """Return the documentation of tables, mapping and findings as Markdown, made from the declarations."""
    parts = [_INTRODUCTION, "## The tables\n", *(_table(table) for table in TABLES), _FLAT, _FINDINGS]
    return "\n".join(parts)


def _table(table: Table) -> str:
    lines = [
        f"### {table.name}: one row is {table.one_row}\n",
        f"{table.description}\n",
        "| column | type | required | meaning | after reading |",
        "|---|---|---|---|---|",
        *(_row(column) for column in table.columns),
        "",
    ]
    coded = [column for column in table.columns if column.codes]
    if coded:
        lines += [*(_codes(column) for column in coded), ""]
    return "\n".join(lines)


def _row(column: Column) -> str:
    required = "key" if column.key else "yes" if column.required else ""
    meaning = column.description
    if column.minimum is not None or column.maximum is not None:
        meaning += f" From {column.minimum:g}" if column.minimum is not None else ""
        meaning += f" to {column.maximum:g}." if column.maximum is not None else "."
    after = f"`{column.after_ingest}`" + (f" ({column.unit})" if column.unit else "")
    return f"| `{column.name}` | {column.type} | {required} | {meaning} | {after} |"


def _codes(column: Column) -> str:
    words = []
    for code in column.codes:
        also = f" (also {', '.join(code.aliases)})" if code.aliases else ""
        meaning = f": {code.meaning}" if code.meaning else ""
        words.append(f"`{code.value}`{meaning}{also}")
    kept = " Other words are kept as written, and noted." if column.open_codes else ""
    return f"- **{column.name}**: {'; '.join(words)}.{kept}"
