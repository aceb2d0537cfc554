"""The content hash: blind to the order of rows and columns, to nothing else."""

from __future__ import annotations

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from dayzero.records.content_hash import content_hash, table_hash

FRAME = pl.DataFrame({"row": [2, 3], "id": ["a", "b"], "day": [1, None], "value": [0.5, -0.0]})


def test_no_order_of_rows_or_columns_changes_it() -> None:
    turned = FRAME.reverse().select("value", "day", "id", "row")
    assert table_hash(turned) == table_hash(FRAME)
    assert table_hash(FRAME.with_columns(row=pl.lit(7))) == table_hash(FRAME)


def test_everything_else_does() -> None:
    changed = [
        FRAME.with_columns(day=pl.Series([1, 0])),  # a zero is not a gap
        FRAME.with_columns(id=pl.Series(["ab", ""])),  # nor does text run together
        FRAME.with_columns(value=pl.Series([0.5000000000000001, 0.0])),
        FRAME.with_columns(day=pl.Series([None, 1])),  # what belongs to whom
        FRAME.rename({"day": "days"}),
        FRAME.head(1),
        FRAME.vstack(FRAME),
        FRAME.with_columns(day=pl.col("day").cast(pl.Float64)),
    ]
    hashes = {table_hash(frame) for frame in (FRAME, *changed)}
    assert len(hashes) == len(changed) + 1


def test_minus_zero_is_zero_and_nan_is_missing() -> None:
    first = pl.DataFrame({"x": [-0.0, None]})
    assert table_hash(first) == table_hash(pl.DataFrame({"x": [float("nan"), 0.0]}))


def test_stays_the_same_between_versions() -> None:
    assert table_hash(FRAME) == "3a2871e46fb876fa559a5c04ea56246f855c445a310698ee819d2e80fe71d66c"
    assert content_hash({"a": "1", "b": "2"}, [1]) == content_hash({"b": "2", "a": "1"}, [1])


ROWS = st.lists(
    st.tuples(st.text(max_size=3), st.none() | st.integers(-3, 3), st.none() | st.floats(-2, 2)), max_size=6
)


@settings(deadline=None, max_examples=60)
@given(ROWS, st.randoms(use_true_random=False))
def test_any_shuffle(rows: list[tuple[str, int | None, float | None]], random: object) -> None:
    schema = {"id": pl.String, "day": pl.Int64, "value": pl.Float64}
    shuffled = list(rows)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    one, two = (pl.DataFrame(each, schema=schema, orient="row") for each in (rows, shuffled))
    assert table_hash(one) == table_hash(two)
