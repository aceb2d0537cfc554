"""Write the documentation of every check from the catalogue: types, rules, and their number."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import TYPE_CHECKING, Final

from dayzero.records.catalogue import RULES as READING
from dayzero.records.checks import RULES
from dayzero.records.checks.declared import TYPES
from dayzero.records.findings import SEVERITIES
from dayzero.records.kahn import KAHN, SOURCE

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from dayzero.records.checks.declared import CheckType, Concrete
    from dayzero.records.checks.rule import Rule
    from dayzero.records.rule_text import RuleText

_INTRODUCTION: Final = """\
# Checks

`dayzero check SOURCE` asks everything below of a source; `dayzero run` does so before it computes. A check
never changes a value. What could not be read was left out while reading and is said; an error found among
records that were read stays in them until it is corrected at its source, and each endpoint says what it did
with it.

- **error**: it cannot be so, or it was not used; it must be corrected. `dayzero check` then ends with 1.
- **warning**: it was used, but it is not believable as it stands.
- **note**: it is incomplete, or a reader should know it.

A finding names sheet, row and column as they stand in the file, a pseudonymous id, and days from day 0. It
never repeats a date, a name or free text. `--queries` makes a list for the ward of the errors and warnings
(`docs/queries.md`).

Categories are those of {source}:
conformance (value, relational, computational), completeness, plausibility (uniqueness, atemporal, temporal).
A limit that no published source sets says `judgement`; it is wide, and makes only a warning or a note.
"""


def check_document() -> str:
    """Return the documentation of the checks as Markdown, made from the catalogue."""
    parts = [_INTRODUCTION.format(source=SOURCE), _counts(), _types(), _field_rules(), _reading()]
    return "\n".join(parts)


def _counts() -> str:
    made = sum(len(kind.checks) for kind in TYPES)
    own = len(_own_rules())
    lines = [
        "## How many\n",
        f"{len(TYPES)} types of check, asked of every table, column, event and analyte to which they apply,",
        f"make **{made} checks**; **{own} rules of this field** compare columns, rows and tables.\n",
        "| category | checks made from types | rules of this field |",
        "|---|---|---|",
    ]
    by_type = Counter(str(kind.kahn) for kind in TYPES for _ in kind.checks)
    by_rule = Counter(str(rule.kahn) for rule in _own_rules())
    lines += [f"| {kahn} | {by_type[str(kahn)]} | {by_rule[str(kahn)]} |" for kahn in KAHN]
    return "\n".join([*lines, ""])


def _own_rules() -> list[Rule]:
    """Return the rules that no type makes, one a sentence."""
    typed = {rule for kind in TYPES for rule in kind.rules}
    kept = {(rule.id, rule.table, rule.what): rule for rule in RULES if rule.id not in typed}
    return list(kept.values())


def _types() -> str:
    lines = [
        "## Types of check\n",
        "A type and a place name one check, such as `range_high.patients.age` or",
        "`unusual_value.measurements.value.creatinine`. In brackets stands what the type is asked with.\n",
        "| type | category | what is asked | findings | checks |",
        "|---|---|---|---|---|",
    ]
    for kind in TYPES:
        found = ", ".join(f"`{rule}`" for rule in kind.rules)
        lines.append(f"| `{kind.name}` | {kind.kahn} | {kind.description} | {found} | {len(kind.checks)} |")
    return "\n".join([*lines, "", *(_places(kind) for kind in TYPES), ""])


def _places(kind: CheckType) -> str:
    """Return where a type is asked, by table and column."""
    grouped: dict[str, list[Concrete]] = defaultdict(list)
    for check in kind.checks:
        grouped[f"{check.table}.{check.column}" if check.kind else check.table].append(check)
    told = [f"{place}: {', '.join(_one(check) for check in checks)}" for place, checks in grouped.items()]
    return f"- `{kind.name}`: {'; '.join(told)}."


def _one(check: Concrete) -> str:
    name = check.kind or check.column
    return f"{name} ({check.parameter})" if check.parameter else name


def _field_rules() -> str:
    lines = [
        "## Rules of this field\n",
        "| id | severity | category | where | what | what to do | source |",
        "|---|---|---|---|---|---|---|",
    ]
    rules = sorted(_own_rules(), key=lambda rule: (SEVERITIES.index(rule.severity), rule.id, rule.table))
    for rule in rules:
        place = f"{rule.table}.{rule.column}"
        lines.append(_cells(f"`{rule.id}`", rule.severity, str(rule.kahn), place, *_words(rule)))
    return "\n".join([*lines, ""])


def _reading() -> str:
    lines = [
        "## What reading finds\n",
        "| id | severity | category | what | what to do | source |",
        "|---|---|---|---|---|---|",
    ]
    rules = sorted(READING.values(), key=lambda rule: (SEVERITIES.index(rule.severity), rule.id))
    lines += [_cells(f"`{rule.id}`", rule.severity, str(rule.kahn), *_words(rule)) for rule in rules]
    return "\n".join([*lines, "", *_made_by_types(), ""])


def _made_by_types() -> Iterable[str]:
    """Yield the sentences of the findings that the types make after reading."""
    typed = {rule for kind in TYPES for rule in kind.rules}
    kept = {(rule.id, rule.what): rule for rule in RULES if rule.id in typed}
    yield "## What the types find in records\n"
    yield "| id | severity | category | what | what to do | source |"
    yield "|---|---|---|---|---|---|"
    seen: set[str] = set()
    for rule in sorted(kept.values(), key=lambda each: (SEVERITIES.index(each.severity), each.id)):
        if rule.id not in seen:
            yield _cells(f"`{rule.id}`", rule.severity, str(rule.kahn), *_words(rule))
        seen.add(rule.id)


def _words(rule: Rule | RuleText) -> Sequence[str]:
    return rule.what, rule.hint, rule.source


def _cells(*cells: str) -> str:
    """Return a row of a table; a name in braces becomes a star."""
    shown = []
    for cell in cells:
        text = cell.replace("|", "/")
        while "{" in text and "}" in text:
            before, _, rest = text.partition("{")
            text = f"{before}*{rest.partition('}')[2]}"
        shown.append(text)
    return f"| {' | '.join(shown)} |"
