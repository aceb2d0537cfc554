"""The study file as a declared model: every key, its type and its default. Unknown keys are errors.

What the keys mean together is checked in :mod:`dayzero.study.protocol_checks`; messages with file and line
are worded in :mod:`dayzero.study.loading`.
"""

from __future__ import annotations

from datetime import date  # noqa: TC003 - pydantic reads the annotation at run time
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

Number = Annotated[float, Field(strict=True, allow_inf_nan=False)]
Text = Annotated[str, Field(strict=True, min_length=1)]
Flag = Annotated[bool, Field(strict=True)]
Unit = Literal["days", "weeks", "months", "years"]
ConfType = Literal["log-log", "log", "plain", "logit", "arcsin", "beta"]


class Section(BaseModel):
    """A table of the study file: immutable, no unknown key."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=False)


class StudySection(Section):
    """``[study]``: what the report's heading says, and the data cut-off."""

    title: Text
    question: str = ""
    data_cutoff: Annotated[date, Field(strict=True)] | None = None
    notice: str = ""
    citation: str = ""
    design: Literal["", "retrospective", "prospective"] = ""
    centres: Annotated[int, Field(strict=True, gt=0)] | None = None


class DataSection(Section):
    """``[data]``: where the records are; the keys of a mapping, or of queries, are kept as they stand."""

    model_config = ConfigDict(extra="allow", frozen=True)

    source: Text
    layout: Literal["tables", "one row per patient", "REDCap"] = "tables"
    date_order: Literal["", "ymd", "dmy", "mdy"] = ""
    partial_dates: Literal["", "first", "middle", "last"] = ""
    engine: Literal["polars", "duckdb"] = "polars"

    @property
    def mapping(self) -> dict[str, Any]:
        """Return the mapping of a flat file or REDCap export, or the queries of a database, as written."""
        return dict(self.__pydantic_extra__ or {})


class CohortRule(Section):
    """One box of the flow diagram."""

    rule: Text
    label: str = ""


class CohortSection(Section):
    """``[cohort]``: who is studied."""

    origin: Literal["first allogeneic transplant"] = "first allogeneic transplant"
    entry: str = ""
    include: tuple[CohortRule, ...] = ()
    exclude: tuple[CohortRule, ...] = ()


class GroupSection(Section):
    """``[groups.NAME]``: levels by rules, or one level for each value of a variable."""

    label: str = ""
    among: str = ""
    among_label: str = ""
    levels: dict[str, Text] = Field(default_factory=dict)
    variable: str = ""
    order: tuple[str, ...] = ()
    happened: str = ""
    known_by: Number | None = None
    colours: dict[str, str] = Field(default_factory=dict)


class TimeSection(Section):
    """``[time]``: unit, horizons and the axis of the figures."""

    unit: Unit = "months"
    horizons: tuple[Number, ...] = ()
    limit: Number | None = None
    ticks: Number | None = None


class ConventionsSection(Section):
    """``[conventions]``: a named preset and deviations from it."""

    preset: Literal["dayzero", "R survival", "cmprsk", "SAS", "EZR"] = "dayzero"
    conf_type: ConfType | None = None
    variance: Literal["aalen", "delta"] | None = None
    conf_level: Number = 0.95
    adjust: Literal["none", "holm"] = "none"
    follow_up_endpoint: str = "OS"


class DefinitionsSection(Section):
    """``[definitions]``: what a centre may define differently, for every endpoint that has the choice."""

    second_transplant: Literal["ignore", "censor", "compete"] | None = None
    donor_lymphocytes: Literal["ignore", "censor"] | None = None
    engraftment_day: Literal["given", "derived"] | None = None
    count_gap_days: Annotated[int, Field(strict=True)] | None = None
    full_chimerism_above: Number | None = None
    maiolino_days: Annotated[int, Field(strict=True)] | None = None
    easix_days: Annotated[int, Field(strict=True)] | None = None
    dose_at_limit: Literal["not known", "RIC", "MAC"] | None = None
    mrd_negative_below: Number | None = None
    mrd_window_days: Annotated[int, Field(strict=True)] | None = None
    vod_together_days: Annotated[int, Field(strict=True)] | None = None
    pcr_gap_days: Annotated[int, Field(strict=True)] | None = None
    dna_threshold: Number | None = None
    dna_unit: Text | None = None
    dna_specimen: Literal["plasma", "serum", "whole blood", "blood cells", "not stated"] | None = None


class OutcomeSection(Section):
    """``[[outcome]]``: an endpoint, for the whole cohort and by groups."""

    endpoint: Text
    definition: DefinitionsSection = DefinitionsSection()
    by: tuple[str, ...] = ()
    horizons: tuple[Number, ...] | None = None
    as_: Literal["proportion"] | None = Field(default=None, alias="as")
    quantiles: tuple[Number, ...] = ()
    limit: Number | None = None
    ticks: Number | None = None
    whole: Flag = True
    landmark: Number | None = None


class CovariateSection(Section):
    """A covariate of a model: a grouping or a variable; a text alone is its name."""

    name: Text
    reference: str = ""
    per: Number | None = None
    change_at: Number | None = None
    label: str = ""

    @model_validator(mode="before")
    @classmethod
    def _named(cls, given: Any) -> Any:
        """Take ``"age"`` for ``{ name = "age" }``."""
        return {"name": given} if isinstance(given, str) else given


class ModelSection(Section):
    """``[[model]]``: regressions of an endpoint, each covariate alone and all together."""

    endpoint: Text
    label: str = ""
    covariates: tuple[CovariateSection, ...] = ()
    time_dependent: tuple[str, ...] = ()
    strata: tuple[str, ...] = ()
    cluster: str = ""
    landmark: Number | None = None
    adjusted: str = ""
    ties: Literal["efron", "breslow"] = "efron"


class FigureSection(Section):
    """``[figures.NAME]``: rows of panels, each ``ENDPOINT`` or ``ENDPOINT by GROUP``, or another kind.

    Which keys a kind has is checked in :mod:`dayzero.study.figure_checks`.
    """

    title: str = ""
    kind: Literal["curves", "swimmer", "stacked", "states", "course", "mrd", "timeline"] = "curves"
    panels: tuple[tuple[str, ...], ...] = ()
    titles: tuple[tuple[str, ...], ...] = ()
    endpoint: str = ""
    by: str = ""
    patients: str = ""
    with_event: str = ""
    patient: str = ""
    analyte: str = ""
    specimen: str = ""
    analytes: tuple[str, ...] = ()
    gvhd: tuple[str, ...] = ()
    show: tuple[str, ...] = ()
    horizons: tuple[Number, ...] = ()
    times: tuple[Number, ...] = ()
    levels: tuple[Number, ...] = ()
    scale: Literal["log", "linear"] | None = None
    transfusions: Flag = False
    unit: Unit | None = None
    start: Number | None = Field(default=None, alias="from")
    limit: Number | None = None
    ticks: Number | None = None


class CharacteristicsSection(Section):
    """``[characteristics]``: the lines of the first table, and what compares its columns."""

    variables: tuple[str, ...] = ()
    by: str = ""
    spread: Literal["range", "quartiles"] = "range"
    difference: Flag = False
    tests: Flag = False


class ListingSection(Section):
    """``[listing]``: the columns of the patient listing of a small cohort, and further listings."""

    columns: tuple[str, ...] = ()
    therapy: Flag = False
    relapses: Flag = False
    blinatumomab: Flag = False


class FigureLooks(Section):
    """``[report.figures]``: size, style and file formats of the figures."""

    size: Literal["automatic", "single column", "double column", "slide", "poster"] = "automatic"
    style: Literal["colour", "grey", "papers"] = "colour"
    formats: tuple[Literal["svg", "pdf", "png", "tiff"], ...] = ("svg", "pdf", "png")
    dpi: tuple[Annotated[int, Field(strict=True, ge=72, le=1200)], ...] = (300,)


class ReportSection(Section):
    """``[report]``: what the report shows; ``patients`` lets every number lead to its patients (HTML).

    ``wording`` names a file with sentences of the centre's own.
    """

    patients: Flag = True
    figures: FigureLooks = FigureLooks()
    wording: str = ""


class LiteratureSection(Section):
    """``[literature]``: published results that the report shows beside its own."""

    include: tuple[Text, ...] = ()


class ClaimSection(Section):
    """``[[claim]]``: what a manuscript states, to be compared with a result."""

    text: Text
    value: Number
    of: str = ""
    group: str = ""
    out_of: Annotated[int, Field(strict=True, gt=0)] | None = None
    decimals: Annotated[int, Field(strict=True, ge=0, le=10)] | None = None
    tolerance: Annotated[float, Field(strict=True, allow_inf_nan=False, ge=0)] | None = None
    not_in_data: str = ""


class Protocol(Section):
    """The whole study file."""

    study: StudySection
    data: DataSection
    cohort: CohortSection = CohortSection()
    groups: dict[str, GroupSection] = Field(default_factory=dict)
    time: TimeSection = TimeSection()
    conventions: ConventionsSection = ConventionsSection()
    definitions: DefinitionsSection = DefinitionsSection()
    outcome: tuple[OutcomeSection, ...] = ()
    model: tuple[ModelSection, ...] = ()
    figures: dict[str, FigureSection] = Field(default_factory=dict)
    characteristics: CharacteristicsSection = CharacteristicsSection()
    listing: ListingSection = ListingSection()
    claim: tuple[ClaimSection, ...] = ()
    literature: LiteratureSection = LiteratureSection()
    report: ReportSection = ReportSection()


#: The model of each table of the file; ``*`` stands for a name or a number.
SECTIONS: dict[tuple[str, ...], type[Section]] = {
    (): Protocol,
    ("study",): StudySection,
    ("data",): DataSection,
    ("cohort",): CohortSection,
    ("cohort", "include", "*"): CohortRule,
    ("cohort", "exclude", "*"): CohortRule,
    ("groups", "*"): GroupSection,
    ("time",): TimeSection,
    ("conventions",): ConventionsSection,
    ("definitions",): DefinitionsSection,
    ("outcome", "*"): OutcomeSection,
    ("outcome", "*", "definition"): DefinitionsSection,
    ("model", "*"): ModelSection,
    ("model", "*", "covariates", "*"): CovariateSection,
    ("figures", "*"): FigureSection,
    ("characteristics",): CharacteristicsSection,
    ("listing",): ListingSection,
    ("claim", "*"): ClaimSection,
    ("literature",): LiteratureSection,
    ("report",): ReportSection,
    ("report", "figures"): FigureLooks,
}


def keys_of(section: type[Section]) -> tuple[str, ...]:
    """Return the keys that a table of the study file may have, in order."""
    return tuple(field.alias or name for name, field in section.model_fields.items())
