"""Covariates in every form a user has them in, and factors by an explicit call."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from dayzero.errors import BadInputError
from dayzero.stats import cox, expand_factor
from dayzero.stats.regression.design_matrix import columns_for, design_matrix

TIME, EVENT = [1, 2, 3, 4, 5, 6], [1, 1, 0, 1, 1, 0]
AGE, MALE = [30, 41, 52, 28, 35, 60], [True, False, False, True, True, True]


def test_all_forms_give_one_model():
    forms = [
        {"age": AGE, "male": MALE},
        pl.DataFrame({"age": AGE, "male": MALE}),
        np.column_stack([AGE, MALE]),
        [[a, m] for a, m in zip(AGE, MALE, strict=True)],
        design_matrix({"age": AGE, "male": MALE}),
    ]
    models = [cox(TIME, EVENT, form) for form in forms]
    for model in models[1:]:
        np.testing.assert_allclose(model.coef, models[0].coef, rtol=1e-12)
    assert models[0].terms == models[1].terms == ("age", "male")
    assert models[2].terms == ("x1", "x2")


def test_one_column():
    assert design_matrix(AGE).values.shape == (6, 1)


def test_the_model_does_not_change_when_the_caller_does():
    x = np.array(AGE, dtype=float)[:, None]
    model = cox(TIME, EVENT, x)
    before = model.residuals()["residual"].to_numpy().copy()
    x += 100
    np.testing.assert_array_equal(model.residuals()["residual"], before)


def test_text_must_be_expanded():
    with pytest.raises(BadInputError, match=r"expand_factor\('phase', values, reference=...\)"):
        cox(TIME, EVENT, {"phase": ["CR1", "CR2"] * 3})
    with pytest.raises(BadInputError, match="must be numbers"):
        cox(TIME, EVENT, [["CR1"], ["CR2"]] * 3)


def test_missing_in_a_frame_is_missing():
    frame = pl.DataFrame({"age": [30, None, 52, 28, 35, 60]})
    with pytest.raises(BadInputError, match="column 'age', position 1"):
        cox(TIME, EVENT, frame)


def test_column_names_must_differ():
    class Frame:
        columns = ("a", "a")

        def __getitem__(self, key):
            return AGE

    with pytest.raises(BadInputError, match="two columns of the same name"):
        design_matrix(Frame())


def test_no_column():
    with pytest.raises(BadInputError, match="kaplan_meier"):
        cox(TIME, EVENT, {})


def test_factor():
    phase = ["CR1", "CR3", "CR2", "CR1", "Relapse", "CR2"]
    columns = expand_factor("phase", phase, reference="CR2")
    assert list(columns) == ["phase: CR1", "phase: CR3", "phase: Relapse"]
    assert columns["phase: CR1"].tolist() == [1, 0, 0, 1, 0, 0]
    first = expand_factor("phase", phase)
    assert list(first) == ["phase: CR2", "phase: CR3", "phase: Relapse"]
    ordered = expand_factor("phase", phase, levels=["Relapse", "CR3", "CR2", "CR1"])
    assert list(ordered) == ["phase: CR3", "phase: CR2", "phase: CR1"]


def test_a_level_that_nobody_has_gets_no_column():
    declared = pl.Series(["CR1", "CR2", "CR1"], dtype=pl.Enum(["CR1", "CR2", "CR3"]))
    assert list(expand_factor("phase", declared)) == ["phase: CR2"]
    with pytest.raises(BadInputError, match="unknown level 'CR3'"):
        expand_factor("phase", declared, reference="CR3")


def test_factor_refusals():
    with pytest.raises(BadInputError, match="unknown level 'CR9'"):
        expand_factor("phase", ["CR1", "CR2"], reference="CR9")
    with pytest.raises(BadInputError, match="has 1 level"):
        expand_factor("phase", ["CR1", "CR1"])
    with pytest.raises(BadInputError, match="missing"):
        expand_factor("phase", ["CR1", None])


def test_prediction_takes_columns_by_name():
    model = cox(TIME, EVENT, {"age": AGE, "male": MALE})
    one = model.predict({"male": [1], "age": [40], "unused": [9]}).at([3])["estimate"][0]
    other = model.predict([[40, 1]]).at([3])["estimate"][0]
    row = model.predict([40, 1]).at([3])["estimate"][0]
    assert one == other == row
    np.testing.assert_array_equal(columns_for({"b": [2], "a": [1]}, ("a", "b")), [[1, 2]])
