"""The allowed values of every coded column, and the spellings that are read as each."""

from __future__ import annotations

from dayzero.records.schema import Code

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
    Code("graft failure", "primary or secondary; say which in detail"),
    Code("graft rejection", "loss of the graft by immunity; it is graft failure too", ("rejection",)),
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
    Code("fever", "38 degrees C or more without an infection that explains it", ("non-infectious fever",)),
    Code("rash", "new rash that no drug explains; its extent is a measurement"),
    Code("diarrhoea", "two or more liquid stools a day", ("diarrhea",)),
    Code("pulmonary infiltrate", "new infiltrate on imaging", ("lung infiltrate", "pulmonary infiltrates")),
    Code("pulmonary oedema", "not of the heart, with hypoxia", ("pulmonary edema", "non-cardiogenic oedema")),
    Code("encephalopathy", "not explained otherwise"),
    Code("hepatomegaly", "above baseline; painful in grade where it is", ("enlarged liver",)),
    Code("ascites", "above baseline; minimal, moderate or paracentesis in grade"),
    Code(
        "weight gain",
        "on 3 consecutive days despite diuretics; a rise over baseline follows from weights",
    ),
    Code("refractory thrombocytopenia", "platelets given every day without a lasting rise", ("rt",)),
    Code(
        "hypertension",
        "above the 99th percentile before 18 years, from 140/90 after",
        ("high blood pressure",),
    ),
    Code("schistocytes", "two or more a field, seen on a blood smear", ("fragmentocytes",)),
    Code("organ dysfunction", "kidney, lung, heart, liver or brain in site", ("organ failure", "mof", "mod")),
    Code("liver ultrasound", "suggestive of VOD on ultrasound or elastography", ("elastography",)),
    Code("coagulopathy", "impaired coagulation; replaced in grade where factors were given"),
    Code("respiratory support", "oxygen, CPAP or ventilation in grade", ("ventilation", "oxygen")),
    Code("comorbidity", "before transplant, named in detail as in the HCT-CI", ("comorbidities",)),
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
    Code("red cell transfusion", aliases=("rbc transfusion", "packed red cells", "red cells")),
    Code("G-CSF", "growth factor for neutrophils", ("filgrastim", "gcsf", "lenograstim")),
    Code(
        "corticosteroids",
        "dose in mg/kg a day of prednisone equivalent",
        ("prednisone", "prednisolone", "methylprednisolone", "steroids"),
    ),
    Code("letermovir", "prophylaxis against CMV"),
    Code("ganciclovir", "treatment of CMV, unless the indication says prophylaxis"),
    Code("valganciclovir", "treatment of CMV, unless the indication says prophylaxis"),
    Code("foscarnet", "treatment of CMV, unless the indication says prophylaxis"),
    Code("maribavir", "treatment of CMV, unless the indication says prophylaxis"),
    Code("rituximab", "of EBV where the indication says so"),
    Code("cidofovir"),
    Code("defibrotide", "of VOD, unless the indication says prophylaxis"),
    Code("eculizumab"),
    Code("ruxolitinib"),
    Code("busulfan", "conditioning; dose in mg/kg, route in indication"),
    Code("treosulfan", "conditioning; dose in g/m2"),
    Code("melphalan", "conditioning; dose in mg/m2"),
    Code("thiotepa", "conditioning; dose in mg/kg"),
    Code("fludarabine", "conditioning; dose in mg/m2"),
    Code("cyclophosphamide"),
    Code("etoposide"),
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
    Code("haemoglobin", "g/dL", ("hemoglobin", "hb", "hgb")),
    Code("bilirubin", "total, mg/dL", ("total bilirubin",)),
    Code("ALT", "U/L with its upper_limit, or a multiple of it in xULN", ("gpt", "sgpt", "alat")),
    Code("AST", "U/L with its upper_limit, or a multiple of it in xULN", ("got", "sgot", "asat")),
    Code("creatinine", "mg/dL", ("crea",)),
    Code("LDH", "U/L with its upper_limit, or a multiple of it in xULN", ("lactate dehydrogenase",)),
    Code("weight", "kg", ("body weight",)),
    Code("temperature", "degrees C", ("body temperature",)),
    Code("rash extent", "percent of body surface", ("bsa rash", "rash bsa")),
    Code("stool volume", "mL a day; mL/kg a day in children", ("diarrhoea volume",)),
    Code("sC5b-9", "soluble terminal complement, with its upper_limit, or in xULN", ("sc5b9",)),
    Code("urine protein/creatinine", "mg/mg", ("upcr", "rupcr", "protein/creatinine ratio")),
    Code("GFR", "mL/min/1.73 m2", ("egfr", "glomerular filtration rate")),
    Code("HVPG", "hepatic venous pressure gradient, mmHg"),
    Code("FEV1", "percent predicted"),
    Code("DLCO", "percent predicted, corrected for haemoglobin"),
    Code("LVEF", "ejection fraction, percent"),
    Code("performance", "Karnofsky or Lansky, percent", ("karnofsky", "lansky", "performance score")),
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
