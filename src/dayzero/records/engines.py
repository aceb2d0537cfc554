"""The engines that hold tables: in memory with Polars, on disk behind DuckDB.

Everything here is about where rows are; what is asked of them is written once, for any engine, with narwhals.
"""

from __future__ import annotations

import atexit
import shutil
import sys
import tempfile
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import polars as pl

from dayzero.errors import BadInputError

if TYPE_CHECKING:
    from collections.abc import Sequence

#: Where the tables are: in memory, or on disk behind DuckDB.
ENGINES: Final = ("polars", "duckdb")
#: DuckDB spills to disk beyond this; results and Python itself come on top.
MEMORY: Final = "3GB"
_NUMBERS: Final = count(1)
#: Types of PySpark in which rows come back.
_SPARK: Final = {
    "bigint": pl.Int64,
    "int": pl.Int64,
    "smallint": pl.Int64,
    "tinyint": pl.Int64,
    "double": pl.Float64,
    "float": pl.Float64,
    "string": pl.String,
    "boolean": pl.Boolean,
    "void": pl.Null,
}


def collect(frame: Any) -> pl.DataFrame:
    """Run a lazy narwhals frame on its engine and return the rows as Polars."""
    import narwhals as nw

    native = nw.to_native(frame)
    if isinstance(native, pl.LazyFrame):
        return native.collect()
    if type(native).__module__.startswith("pyspark."):
        return _from_spark(native)
    if hasattr(native, "__arrow_c_stream__"):  # DuckDB relations speak Arrow without pyarrow
        return pl.DataFrame(native)
    collected: pl.DataFrame = frame.collect("polars").to_native()
    return collected


def _from_spark(native: Any) -> pl.DataFrame:
    """Return the rows of a Spark frame; PySpark's own way through Arrow would need pyarrow."""
    schema = {name: _SPARK[kind] for name, kind in native.dtypes}
    return pl.DataFrame([tuple(row) for row in native.collect()], schema=schema, orient="row")


def is_on_disk(frame: Any) -> bool:
    """Return whether a table is a query of DuckDB."""
    return type(frame).__module__.split(".")[0] in ("duckdb", "_duckdb")


def connect() -> Any:
    """Return a DuckDB connection that uses little memory and spills into a private folder.

    Raises
    ------
    BadInputError
        When DuckDB is not installed.
    """
    try:
        duckdb = import_module("duckdb")
    except ImportError:
        raise BadInputError(
            what="engine = duckdb needs the library duckdb, which is not installed",
            hint="pip install 'dayzero[store]'",
        ) from None
    config = {
        "memory_limit": MEMORY,
        "temp_directory": str(scratch() / "spill"),
        "preserve_insertion_order": "false",
        "autoinstall_known_extensions": "false",
        "autoload_known_extensions": "false",
    }
    # DuckDB looks for pandas at every constant of a query; remembering its absence halves the time.
    loaded: dict[str, Any] = sys.modules
    if find_spec("pandas") is None:
        loaded.setdefault("pandas", None)
    connection = duckdb.connect(config=config)
    connection.execute("set enable_progress_bar = false")  # it would go to the program's standard output
    return connection


@cache
def scratch() -> Path:
    """Return a folder that only this user can read, and that is gone when the program ends."""
    folder = Path(tempfile.mkdtemp(prefix="dayzero-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


def only(frame: Any, ids: Sequence[str]) -> Any:
    """Return the rows of these patients of a table on DuckDB: a query that joins them, however many.

    Parameters
    ----------
    frame : duckdb.DuckDBPyRelation
    ids : sequence of str
    """
    number = next(_NUMBERS)
    path = scratch() / f"patients{number}.parquet"
    pl.DataFrame({"patient_id": ids}, schema={"patient_id": pl.String}).unique().write_parquet(path)
    source = str(path).replace("'", "''")
    facts = f"facts{number}"  # a view of the connection: a name used twice would stand for the later table
    joined = f"select {facts}.* from {facts} semi join read_parquet('{source}') using (patient_id)"  # noqa: S608
    return frame.query(facts, joined)
