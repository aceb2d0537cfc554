"""Words by which the organism of a recorded infection is read: patterns of this project, in lower case."""

from __future__ import annotations

from typing import Final

CMV: Final = r"cmv|cytomegalovirus"
EBV: Final = r"ebv|epstein"
ADENOVIRUS: Final = r"adenovir|\badv\b|\bhadv\b"
DIFFICILE: Final = r"difficile|\bc\.? ?diff\b|\bcdi\b"
BACTERIA: Final = (
    r"bacteri|bacter\b|bacteraem|staph|strep|enteroc|\be\.? ?coli\b|escherichia|klebsiella|pseudomonas"
    r"|enterobacter"
    r"|serratia|stenotroph|clostrid|difficile|\bc\.? ?diff\b|listeria|salmonella|campylobact|haemophilus"
    r"|moraxella"
    r"|neisseria|proteus|citrobact|corynebact|bacillus|mycobact|tubercul|nocardia|gram[- ]?(?:pos|neg)"
    r"|mrsa|\bvre\b"
    r"|\besbl\b|\bcre\b|legionella|fusobact|leptotrich|rothia|lactobac|burkholder|morganella|achromobact"
    r"|micrococc"
    r"|acinetobact|bacteroides|aeromonas"
)
FUNGI: Final = (
    r"fung|candid|aspergill|mucor|rhizop|fusari|cryptococc|pneumocyst|\bpjp\b|\bpcp\b|mould|\bmold|yeast"
    r"|trichospor"
    r"|scedospor|histoplasm|saccharomyc"
)
#: Words of a site that say blood, and words anywhere that say so of bacteria or fungi.
BLOOD: Final = r"blood|\bbsi\b|catheter|central line|\bcvc\b"
IN_BLOOD: Final = r"bacter(?:a)?emi|fung(?:a)?emi|candid(?:a)?emi|\bclabsi\b|\bbsi\b|bloodstream"
