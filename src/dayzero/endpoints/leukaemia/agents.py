"""Which treatments act against the leukaemia throughout the body: the others are no line of therapy."""

from __future__ import annotations

import narwhals as nw

from dayzero.endpoints.frames import choose, words

_AGENT = nw.col("agent").fill_null("").str.to_lowercase().str.strip_chars()
_INDICATION = nw.col("indication").fill_null("").str.to_lowercase()
_SAID = words(_INDICATION, " ", _AGENT)

#: Purposes that make any agent a treatment of the leukaemia.
AGAINST_LEUKAEMIA = (
    r"refractory|relapse|\bmrd\b|consolidation|induction|intensification|bridg|salvage|maintenance"
    r"|leuka?emia|\b[bt]-?all\b|cytoreduc"
)
#: These have no other purpose, whatever an indication mentions beside it.
_ALWAYS = r"blinatumomab|inotuzumab|\bcar[ -]?t\b"
#: Purposes that make any other agent something else.
_OTHER_PURPOSE = (
    r"conditioning|lymphodeplet|serotherapy|intrathecal|prophyla|radiotherapy|irradiation|premedic|supportive|gvhd|mobilis"
    r"|mobiliz|desensiti|\bcmv\b|\bebv\b|ptld|adenovir|\bvod\b|\bsos\b|\btma\b|\bcrs\b|icans|neurotox"
    r"|cytokine release|infection|neutropeni|antiemetic|allergy|haemophagocyt|hemophagocyt|\bhlh\b"
)
#: Blood products, growth factors, agents against infection, immunosuppression, and what guards organs.
_SUPPORTIVE = (
    r"transfusion|red cells|packed cells|granulocytes|plasma|albumin|immunoglobulin|\bivig\b"
    r"|g-?csf|filgrastim|lenograstim|sargramostim|growth factor|erythropoietin|eltrombopag|romiplostim"
    r"|plerixafor|letermovir|ganciclovir|foscarnet|cidofovir|brincidofovir|maribavir|aciclovir|acyclovir"
    r"|antiviral|antibiotic|antifungal|conazole|fungin|amphotericin|cotrimoxazole|co-trimoxazole"
    r"|trimethoprim|pentamidine|atovaquone|defibrotide|ursod|eculizumab|ravulizumab|tocilizumab|siltuximab"
    r"|ciclosporin|cyclosporin|tacrolimus|sirolimus|mycophenolate|leucovorin|folinic|mesna|rasburicase"
    r"|photopheresis|\becp\b|belumosudil|infliximab|vedolizumab|etanercept|basiliximab|abatacept|begelomab"
    r"|allopurinol|dexrazoxane|heparin|levetiracetam|ondansetron|parenteral nutrition|virus-specific"
)
#: Alone, a short course given before blinatumomab or against its side effects, not a line of therapy.
_STEROID = r"steroid|predniso|dexamethasone"
#: Hardly ever given for leukaemia but to prepare a transplant.
_CONDITIONING = r"busulfan|treosulfan|melphalan|thiotepa|anti-?thymocyte|\batl?g\b|grafalon|alemtuzumab"
#: Given in chemotherapy as well: close to the transplant and without a purpose they prepare it.
_EITHER = r"^(?:fludarabine|cyclophosphamide|etoposide|vp-?16)\b"
#: Days before day 0 within which such an agent without an indication is taken as conditioning. A judgement:
#: regimens begin 10 days or less before the graft.
CONDITIONING_DAYS = 14


def taken_as_conditioning() -> nw.Expr:
    """Return whether a course without an indication counts as conditioning for its day alone."""
    close = nw.col("start_day") >= -CONDITIONING_DAYS
    return _AGENT.str.contains(_EITHER) & (_INDICATION == "") & close


def local() -> nw.Expr:
    """Return whether a course treats the leukaemia in one place: intrathecal therapy or radiotherapy.

    It is no systemic therapy, but shows that treatment before transplant was recorded.
    """
    return _SAID.str.contains("intrathecal|radiotherapy|irradiation")


def against_leukaemia() -> nw.Expr:
    """Return whether a course before day 0 is systemic treatment of the leukaemia.

    Blinatumomab, inotuzumab and CAR T always are. Else the indication decides: conditioning, prophylaxis,
    premedication and the treatment of a complication are not; a purpose against the leukaemia makes a steroid
    or an agent of conditioning one, but never a blood product, a growth factor or other support. Without an
    indication these, steroids and agents of conditioning are not, and everything else is.
    """
    yes, no = nw.lit(value=True), nw.lit(value=False)
    return choose(
        [
            (_AGENT.str.contains(_ALWAYS), yes),
            (_SAID.str.contains(_OTHER_PURPOSE), no),
            (_AGENT.str.contains(_SUPPORTIVE), no),
            (_INDICATION.str.contains(AGAINST_LEUKAEMIA), yes),
            (_AGENT.str.contains(rf"{_STEROID}|{_CONDITIONING}"), no),
            (taken_as_conditioning(), no),
        ],
        yes,
    )
