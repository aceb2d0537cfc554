"""The results section: who was studied, in a few characteristics, then every outcome."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from dayzero.report import format as fmt
from dayzero.report.document import Paragraph, Section
from dayzero.report.manuscript.choices import run_on
from dayzero.report.manuscript.models import model_sentences
from dayzero.report.numbers import joined, words
from dayzero.report.sentences import Sentences

if TYPE_CHECKING:
    from dayzero.report.numbers import Inline, Numbers
    from dayzero.report.phrases import Phrases
    from dayzero.study.results import Characteristic, Results

#: Variables whose label can be the subject of "was": the others are in the table.
_SPOKEN = ("sex", "diagnosis", "remission", "donor", "donor_group", "graft", "mrd_before_transplant")
_MOST_LEVELS = 5


@dataclass(frozen=True)
class ResultsText:
    """What the sentences of a results section need."""

    results: Results
    numbers: Numbers
    phrases: Phrases

    def section(self) -> Section:
        """Return the section."""
        first, *rest = Sentences(self.results, self.numbers, self.phrases).paragraphs()
        modelled = [run_on(said) for said in model_sentences(self.results, self.numbers, self.phrases)]
        paragraphs = [run_on([first, *self.described()]), *rest, *modelled]
        return Section("text-results", "Results", tuple(Paragraph(text) for text in paragraphs if text))

    def described(self) -> list[Inline]:
        """Return sentences about age, and about the characteristics that read well in one."""
        lines: dict[str, list[Characteristic]] = {}
        for line in self.results.characteristics:
            if line.group_by is None:
                lines.setdefault(line.variable, []).append(line)
        said = [self._age(lines["age"][0])] if "age" in lines and lines["age"][0].median is not None else []
        donors = "donor" if "donor" in lines else "donor_group"
        for name in _SPOKEN:
            levels = lines.get(name, [])
            if name in ("donor", "donor_group") and name != donors:
                continue
            if levels and levels[0].kind == "level" and len(levels) <= _MOST_LEVELS:
                said.append(self._levels(levels))
        return said

    def _age(self, line: Characteristic) -> Inline:
        unit = line.unit or "years"
        return self.phrases.say(
            "results.age",
            median=(self.numbers.span(line.id, "median"), *words(f" {unit}")),
            range=(*words("range "), self.numbers.span(line.id, "range")),
        )

    def _levels(self, lines: list[Characteristic]) -> Inline:
        present = [line for line in lines if line.n]
        counts = [(*words(f"{line.level} in "), self.numbers.span(line.id, "value")) for line in present]
        label, missing = fmt.sentence(lines[0].label), lines[0]
        if not missing.missing:
            return self.phrases.say("results.levels", label=label, counts=joined(counts))
        count = self.numbers.span(missing.id, "missing")
        noun = " patient" if missing.missing == 1 else " patients"
        return self.phrases.say(
            "results.levels_missing", label=label, counts=joined(counts), missing=(count, *words(noun))
        )
