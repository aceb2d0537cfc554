"""The six tables of a transplant centre's records: the one source of truth about them.

Readers, checks, the template workbook and the documentation are all made from here.
"""

from __future__ import annotations

from dayzero.records.schema import Code, Column, Table

YES_NO = (
    Code("yes", "it is so", ("y", "true", "1", "ja", "si")),
    Code("no", "it is not so", ("n", "false", "0", "nein")),
    Code("unknown", "asked, not known", ("unk", "n/k", "not known", "?")),
)

SEX = (
    Code("male", aliases=("m", "man", "boy")),
    Code("female", aliases=("f", "woman", "girl", "w")),
    Code("other"),
    Code("unknown", aliases=("u", "unk")),
)

IMMUNOPHENOTYPE = (
    Code(
        "B-ALL",
        "B-cell precursor acute lymphoblastic leukaemia",
        ("bcp-all", "b cell all", "b-cell all", "b all"),
    ),
    Code("T-ALL", "T-cell acute lymphoblastic leukaemia", ("t cell all", "t-cell all", "t all")),
    Code("MPAL", "mixed phenotype acute leukaemia", ("mixed phenotype",)),
    Code("not applicable", aliases=("n/a", "na")),
    Code("unknown", aliases=("unk",)),
)

CNS_STATUS = (
    Code("CNS1", "no blasts in the cerebrospinal fluid", ("1",)),
    Code("CNS2", "blasts, fewer than 5 cells/uL", ("2",)),
    Code("CNS3", "5 cells/uL or more with blasts, or clinical signs", ("3",)),
    Code("unknown", aliases=("unk",)),
)

TRANSPLANT_TYPE = (
    Code("allogeneic", aliases=("allo", "allogenic")),
    Code("autologous", aliases=("auto",)),
    Code("syngeneic", "identical twin donor"),
    Code("boost", "CD34-selected boost without conditioning"),
    Code("DLI", "donor lymphocyte infusion", ("donor lymphocyte infusion",)),
)

DONOR = (
    Code("matched sibling", aliases=("msd", "hla-identical sibling", "hla identical sibling", "sibling")),
    Code("other matched related", aliases=("matched related", "mrd donor", "mfd")),
    Code("mismatched related", "one antigen mismatched relative", ("mmrd",)),
    Code("haploidentical", aliases=("haplo", "haploidentical family")),
    Code("matched unrelated", aliases=("mud", "ud", "unrelated", "10/10 unrelated", "8/8 unrelated")),
    Code("mismatched unrelated", aliases=("mmud", "9/10 unrelated")),
    Code("cord blood", aliases=("ucb", "cord", "cb")),
    Code("syngeneic", aliases=("identical twin",)),
    Code("autologous", aliases=("auto", "self")),
    Code("unknown", aliases=("unk",)),
)

GRAFT = (
    Code("bone marrow", aliases=("bm", "marrow")),
    Code("peripheral blood", aliases=("pb", "pbsc", "pbpc")),
    Code("cord blood", aliases=("cb", "ucb", "cord")),
    Code("bone marrow and peripheral blood", aliases=("bm+pb", "pb+bm")),
    Code("unknown", aliases=("unk",)),
)

MANIPULATION = (
    Code("none", aliases=("unmanipulated", "no")),
    Code("alpha-beta T and B cell depletion", aliases=("ab t/b depletion", "tcrab/cd19 depletion")),
    Code("CD34 selection", aliases=("cd34+ selection",)),
    Code("other T-cell depletion", aliases=("tcd",)),
    Code("unknown", aliases=("unk",)),
)

REMISSION = (
    Code("CR1", "first complete remission", ("1", "first remission")),
    Code("CR2", "second complete remission", ("2", "second remission")),
    Code("CR3", "third complete remission", ("3", "third remission")),
    Code("CR4+", "fourth or later complete remission", ("cr4", "cr5")),
    Code(
        "not in remission",
        "relapse or refractory disease at transplant",
        ("relapse", "refractory", "active", "nr"),
    ),
    Code("not applicable", "no malignant disease", ("n/a", "na", "non-malignant")),
    Code("unknown", aliases=("unk",)),
)

SEROSTATUS = (
    Code("positive", aliases=("pos", "+")),
    Code("negative", aliases=("neg", "-")),
    Code("not done", aliases=("nd",)),
    Code("unknown", aliases=("unk",)),
)

EVENT = (
    Code("relapse", "haematological or extramedullary relapse, before or after transplant", ("progression",)),
    Code("molecular relapse", "MRD reappearance without haematological relapse", ("mrd relapse",)),
    Code("complete remission", "a remission reached", ("cr", "remission")),
    Code("death", "death of any cause", ("died", "dead")),
    Code(
        "neutrophil engraftment",
        "the centre's own day of neutrophil recovery",
        ("anc engraftment", "anc recovery"),
    ),
    Code(
        "platelet engraftment",
        "the centre's own day of platelet recovery",
        ("plt engraftment", "platelet recovery"),
    ),
    Code("graft failure", "primary or secondary; say which in detail", ("graft rejection",)),
    Code(
        "aGVHD",
        "acute graft-versus-host disease; grade and system; or the organ in site and a grade such as stage 2",
        ("acute gvhd", "agvhd"),
    ),
    Code(
        "steroid-refractory aGVHD",
        "acute GVHD that steroids did not control",
        ("sr-agvhd", "sr gvhd", "sr-gvhd"),
    ),
    Code("cGVHD", "chronic graft-versus-host disease; grade and system", ("chronic gvhd",)),
    Code("infection", "organism in cause; grade or site where known", ("viral reactivation", "reactivation")),
    Code("engraftment syndrome", aliases=("es",)),
    Code("VOD", "veno-occlusive disease / sinusoidal obstruction syndrome", ("sos", "vod/sos")),
    Code("TMA", "transplant-associated thrombotic microangiopathy", ("ta-tma",)),
    Code("CRS", "cytokine release syndrome"),
    Code("ICANS", "immune effector cell-associated neurotoxicity", ("neurotoxicity",)),
    Code("second malignancy", aliases=("secondary malignancy",)),
    Code("other", "anything else; say what in detail"),
)

AGENT = (
    Code("blinatumomab", aliases=("blina", "blincyto")),
    Code("inotuzumab", aliases=("ino", "inotuzumab ozogamicin", "besponsa")),
    Code("chemotherapy", aliases=("chemo",)),
    Code(
        "CAR T",
        "CD19-directed unless detail says otherwise",
        ("car-t", "cart", "car t cells", "tisagenlecleucel"),
    ),
    Code("DLI", "donor lymphocyte infusion"),
    Code("imatinib"),
    Code("dasatinib"),
    Code("ponatinib"),
    Code("radiotherapy"),
    Code(
        "platelet transfusion",
        "without these, platelet recovery cannot be derived from counts",
        ("platelets transfusion", "plt transfusion", "platelet transfusions"),
    ),
)

ANALYTE = (
    Code("ANC", "absolute neutrophil count, 10^9/L", ("neutrophils", "absolute neutrophil count")),
    Code("platelets", "platelet count, 10^9/L", ("plt", "thrombocytes")),
    Code(
        "MRD",
        "minimal residual disease, fraction of cells",
        ("minimal residual disease", "measurable residual disease"),
    ),
    Code("chimerism", "donor cells, percent", ("donor chimerism",)),
    Code("CMV DNA", "cytomegalovirus DNA", ("cmv", "cmv pcr")),
    Code("EBV DNA", "Epstein-Barr virus DNA", ("ebv", "ebv pcr")),
    Code("adenovirus DNA", "adenovirus DNA", ("adv", "adv dna")),
    Code("blasts", "blasts in the marrow, percent", ("marrow blasts",)),
)

OPERATOR = (
    Code("<"),
    Code("≤", aliases=("<=",)),
    Code("=", aliases=("==",)),
    Code("≥", aliases=(">=",)),
    Code(">"),
)

DISEASE_STATUS = (
    Code("complete remission", aliases=("cr", "remission", "ccr", "cr1", "cr2", "cr3")),
    Code("relapse", aliases=("relapsed", "active disease", "progression")),
    Code("not applicable", aliases=("n/a", "na")),
    Code("unknown", aliases=("unk",)),
)

_ID = Column(
    "patient_id", "id", "Pseudonymous id; text, kept as typed (00123 stays 00123).", required=True, key=True
)


def _date(description: str, *, required: bool = True, name: str = "date", ingested: str = "day") -> Column:
    """Return a date column: a calendar date or a day relative to day 0, a day after ingest."""
    return Column(
        name, "date", description, required=required, key=required, unit="days from day 0", ingested=ingested
    )


PATIENTS = Table(
    "patients",
    "a patient",
    "Who was treated. Give birth_date or age: after ingest only the age at day 0 remains.",
    (
        _ID,
        Column("sex", "code", "Sex.", required=True, codes=SEX),
        Column(
            "birth_date", "date", "Date of birth; becomes age at day 0 and is then dropped.", ingested="age"
        ),
        Column(
            "age",
            "number",
            "Age at day 0, if no date of birth is given.",
            unit="years",
            minimum=0,
            maximum=110,
        ),
        Column("diagnosis", "text", "Disease for which the transplant was done.", required=True),
        _date("Date of diagnosis.", required=False, name="diagnosis_date", ingested="diagnosis_day"),
        Column("immunophenotype", "code", "Lineage of an acute leukaemia.", codes=IMMUNOPHENOTYPE),
        Column("cytogenetics", "text", "Genetic findings, separated by semicolons."),
        Column("cns_status", "code", "Central nervous system at diagnosis.", codes=CNS_STATUS),
        _date(
            "End of first-line therapy.", required=False, name="first_line_end", ingested="first_line_end_day"
        ),
        Column("centre", "text", "Centre code."),
    ),
)

TREATMENTS = Table(
    "treatments",
    "a course or cycle",
    "What was given, before and after transplant.",
    (
        _ID,
        Column("agent", "code", "What was given.", required=True, key=True, codes=AGENT, open_codes=True),
        _date("First day.", name="start", ingested="start_day"),
        _date("Last day.", required=False, name="stop", ingested="stop_day"),
        Column("dose", "number", "Dose.", minimum=0),
        Column("unit", "text", "Unit of the dose."),
        Column("indication", "text", "Why: refractory, MRD clearance, consolidation, bridge, salvage."),
        Column("line", "integer", "Line of therapy.", minimum=1, maximum=20),
        Column("cycle", "integer", "Cycle number within the course.", minimum=1, maximum=50),
    ),
)

TRANSPLANTS = Table(
    "transplants",
    "a graft infusion episode",
    "Day 0 is the date of the patient's first allogeneic transplant.",
    (
        _ID,
        _date("First day of the infusion."),
        Column("number", "integer", "First, second... transplant of the patient.", minimum=1, maximum=9),
        Column("type", "code", "Kind of transplant.", required=True, key=True, codes=TRANSPLANT_TYPE),
        Column("donor", "code", "Donor.", codes=DONOR),
        Column("hla_match", "text", "Match with its resolution, such as 10/10."),
        Column("graft", "code", "Source of the cells.", codes=GRAFT),
        Column("cd34", "number", "CD34+ cells.", unit="10^6/kg", minimum=0, maximum=100),
        Column("tnc", "number", "Total nucleated cells.", unit="10^8/kg", minimum=0, maximum=200),
        Column("manipulation", "code", "What was done to the graft.", codes=MANIPULATION),
        Column("conditioning", "text", "Conditioning regimen, such as TBI-VP16."),
        Column("tbi_gy", "number", "Total body irradiation; 0 when none.", unit="Gy", minimum=0, maximum=16),
        Column("serotherapy", "text", "ATG, alemtuzumab or none."),
        Column("gvhd_prophylaxis", "text", "GVHD prophylaxis, such as CSA-MTX."),
        Column("remission", "code", "Remission at transplant.", codes=REMISSION),
        Column("cmv_donor", "code", "Donor CMV serostatus.", codes=SEROSTATUS),
        Column("cmv_recipient", "code", "Recipient CMV serostatus.", codes=SEROSTATUS),
    ),
)

MEASUREMENTS = Table(
    "measurements",
    "a result",
    "Laboratory results: counts, MRD, chimerism, viral load.",
    (
        _ID,
        _date("Day of the sample."),
        Column(
            "analyte", "code", "What was measured.", required=True, key=True, codes=ANALYTE, open_codes=True
        ),
        Column(
            "value",
            "number",
            "The number, or a word such as negative; an operator may stand before it.",
            required=True,
        ),
        Column("operator", "code", "How the value is meant.", codes=OPERATOR),
        Column("unit", "text", "Unit of the value."),
        Column("method", "text", "Method, such as flow, PCR, NGS, STR."),
        Column("specimen", "text", "Specimen, such as marrow, blood, CD3."),
        Column(
            "sensitivity",
            "number",
            "Smallest fraction the assay can see, such as 0.0001.",
            unit="fraction",
            minimum=0,
            maximum=1,
        ),
    ),
)

EVENTS = Table(
    "events",
    "something that happened",
    "Relapses, deaths, engraftment, GVHD, infections and complications.",
    (
        _ID,
        _date("The day it happened; empty when it is known to have happened but not when.", required=False),
        Column("event", "code", "What happened.", required=True, key=True, codes=EVENT),
        Column("grade", "text", "Grade in the system named beside it."),
        Column("system", "text", "Grading system, such as MAGIC, Glucksberg, NIH2014, ASTCT2019."),
        Column("site", "text", "Site, such as marrow, CNS, skin."),
        Column("cause", "text", "Cause of death, or the organism of an infection."),
        Column("detail", "text", "Anything else."),
        Column(
            "occurred", "flag", "No when it was looked for and did not happen; empty means yes.", codes=YES_NO
        ),
    ),
)

FOLLOW_UP = Table(
    "follow_up",
    "a contact",
    "Each day on which the patient's state was known; the last one ends follow-up.",
    (
        _ID,
        _date("Day of the contact."),
        Column("alive", "flag", "Alive on that day.", required=True, key=True, codes=YES_NO),
        Column("disease_status", "code", "State of the disease on that day.", codes=DISEASE_STATUS),
        Column("gvhd_active", "flag", "Active GVHD on that day.", codes=YES_NO),
    ),
)

#: The six tables, in the order of the workbook.
TABLES: tuple[Table, ...] = (PATIENTS, TREATMENTS, TRANSPLANTS, MEASUREMENTS, EVENTS, FOLLOW_UP)


def table(name: str) -> Table:
    """Return the table called ``name``.

    Raises
    ------
    KeyError
        When there is no such table.
    """
    for candidate in TABLES:
        if candidate.name == name:
            return candidate
    raise KeyError(name)


#: Columns that every ingested table gains: the source row; ``measurements`` also keeps the value's own words,
#: and ``patients`` the year of transplant.
ADDED: dict[str, tuple[tuple[str, str], ...]] = {
    "patients": (("row", "int64"), ("year", "int64")),
    "treatments": (("row", "int64"),),
    "transplants": (("row", "int64"),),
    "measurements": (("row", "int64"), ("text", "string")),
    "events": (("row", "int64"),),
    "follow_up": (("row", "int64"),),
}


def ingested_schema(name: str) -> dict[str, str]:
    """Return column name to type (``string``, ``int64``, ``float64``) of a table after ingest, in order.

    A patient's ``birth_date`` and ``age`` become one column ``age`` in years.
    """
    columns = dict(ADDED[name][:1])
    for column in table(name).columns:
        dtype: str = "float64" if column.after_ingest == "age" else column.dtype
        columns.setdefault(column.after_ingest, dtype)
    columns.update(ADDED[name][1:])
    return columns
