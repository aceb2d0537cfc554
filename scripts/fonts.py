"""Make the two fonts that reports and figures are set in, from the published Inter 4.1 web fonts.

Inter (The Inter Project Authors, SIL Open Font License 1.1, no reserved font name) is cut down to the
Latin, Greek and Cyrillic letters and signs that a report can print, and its figures are made tabular,
so that columns of numbers align. DejaVu Sans 2.37 (Bitstream Vera licence), unchanged, is what a letter
that Inter lacks is drawn in. Run once, by hand; its output is committed::

    npm pack inter-ui@4.1.1 && tar xzf inter-ui-4.1.1.tgz
    npm pack dejavu-fonts-ttf@2.37.3 && mkdir dejavu && tar xzf dejavu-fonts-ttf-2.37.3.tgz -C dejavu
    pip install fonttools brotli
    python scripts/fonts.py package dejavu/package src/dayzero/report/fonts
"""

from __future__ import annotations

import json
import shutil
import sys
from pathlib import Path

from fontTools import subset
from fontTools.ttLib import TTFont

WEIGHTS = ("Regular", "SemiBold")
#: Basic Latin, Latin-1, Latin Extended-A, Greek, Cyrillic, punctuation, super- and subscripts, arrows, signs.
RANGES = (
    (0x20, 0x7E),
    (0xA0, 0x17F),
    (0x391, 0x3C9),
    (0x400, 0x45F),
    (0x2010, 0x2015),
    (0x2018, 0x201E),
    (0x2020, 0x2022),
    (0x2026, 0x2026),
    (0x202F, 0x2033),
    (0x2070, 0x2089),
    (0x20AC, 0x20AC),
    (0x2190, 0x2193),
    (0x2212, 0x2212),
    (0x221E, 0x221E),
    (0x2248, 0x2248),
    (0x2260, 0x2265),
    (0x25A0, 0x25CF),
)


def make_figures_tabular(font: TTFont) -> None:
    """Map the digits (and the signs between them) to the glyphs of the feature ``tnum``."""
    gsub = font["GSUB"].table
    swap: dict[str, str] = {}
    for record in gsub.FeatureList.FeatureRecord:
        if record.FeatureTag == "tnum":
            for index in record.Feature.LookupListIndex:
                for table in gsub.LookupList.Lookup[index].SubTable:
                    swap.update(getattr(table, "ExtSubTable", table).mapping)
    for table in font["cmap"].tables:
        for code in range(ord("0"), ord("9") + 1):
            glyph = table.cmap.get(code)
            if glyph in swap:
                table.cmap[code] = swap[glyph]


def cut(source: Path, target: Path, *, features: list[str], flavor: str | None) -> None:
    """Write the part of a font that a report needs."""
    font = TTFont(source, recalcTimestamp=False)
    make_figures_tabular(font)
    options = subset.Options()
    options.layout_features = features
    options.hinting = False
    options.name_IDs = [0, 1, 2, 4, 5, 6, 13, 14]
    options.notdef_outline = True
    options.flavor = flavor
    if not features:
        options.drop_tables += ["GSUB", "GPOS", "GDEF"]
    cutter = subset.Subsetter(options)
    cutter.populate(unicodes=[code for low, high in RANGES for code in range(low, high + 1)])
    cutter.subset(font)
    subset.save_font(font, str(target), options)


def advances(source: Path) -> dict[str, int]:
    """Return the advance width of each character, in 1/2048 em: text is laid out without a font library."""
    font = TTFont(source)
    if font["head"].unitsPerEm != 2048:
        msg = f"{source}: expected 2048 units in the em"
        raise SystemExit(msg)
    return {chr(code): font["hmtx"][glyph][0] for code, glyph in sorted(font.getBestCmap().items())}


def main(package: Path, other: Path, target: Path) -> None:
    """Write each weight twice (figures: no layout rules; page: with kerning), the other font, all widths."""
    widths = {}
    for weight in WEIGHTS:
        source = package / "web" / f"Inter-{weight}.woff2"
        cut(source, target / f"Inter-{weight}.ttf", features=[], flavor=None)
        cut(source, target / f"Inter-{weight}.woff2", features=["kern"], flavor="woff2")
        widths[weight] = advances(target / f"Inter-{weight}.ttf")
    (target / "widths.json").write_text(json.dumps(widths, ensure_ascii=True) + "\n", encoding="utf-8")
    shutil.copyfile(package / "LICENSE.txt", target / "OFL.txt")
    shutil.copyfile(other / "ttf" / "DejaVuSans.ttf", target / "DejaVuSans.ttf")
    shutil.copyfile(other / "LICENSE", target / "DEJAVU.txt")
    write_other_widths(target, set(widths["Regular"]))


def write_other_widths(target: Path, known: set[str]) -> None:
    """Write how wide the letters are that only the other font has."""
    widths = advances(target / "DejaVuSans.ttf")
    more = {letter: width for letter, width in widths.items() if letter not in known}
    (target / "widths_other.json").write_text(json.dumps(more) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:4]))
