"""Records on PySpark: a local session on the loopback device, without its web page."""

from __future__ import annotations

import os
import shutil
from contextlib import contextmanager
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

import polars as pl

from dayzero.records.model import Records

if TYPE_CHECKING:
    from collections.abc import Iterator

_SETTINGS = {
    "spark.driver.bindAddress": "127.0.0.1",
    "spark.driver.host": "127.0.0.1",
    "spark.driver.memory": "1g",
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
    "spark.sql.shuffle.partitions": "1",
    "spark.default.parallelism": "1",
    "spark.sql.adaptive.enabled": "false",
    # A thousand rows are read sooner than code for them is compiled.
    "spark.sql.codegen.wholeStage": "false",
    "spark.sql.codegen.factoryMode": "NO_CODEGEN",
}


def no_spark() -> str:
    """Return why there is no Spark here; empty when there is."""
    java = shutil.which("java") or os.environ.get("JAVA_HOME")
    if java is None:
        return "no Java here: derivations were not run on PySpark (scripts/spark.sh installs it on Debian)"
    if find_spec("pyspark") is None:
        return "PySpark is not installed: derivations were not run on it (see scripts/spark.sh)"
    return ""


@contextmanager
def on_spark(made: Records) -> Iterator[Records]:
    """Give the records with each table as a Spark frame, as long as the session lives."""
    os.environ["SPARK_LOCAL_IP"] = "127.0.0.1"
    from pyspark.sql import SparkSession

    builder = SparkSession.builder.master("local[2]")
    for name, value in _SETTINGS.items():
        builder = builder.config(name, value)
    session = builder.getOrCreate()
    session.sparkContext.setLogLevel("ERROR")
    try:
        tables = {name: _table(session, table) for name, table in made.tables.items()}
        yield Records(tables, made.given, made.key, made.source, made.variables, made.findings, made.places)
    finally:
        session.stop()


def _table(session: Any, table: pl.DataFrame) -> Any:
    from pyspark.sql import types

    kinds = {pl.String: types.StringType, pl.Int64: types.LongType, pl.Float64: types.DoubleType}
    fields = [types.StructField(name, kinds[dtype]()) for name, dtype in table.schema.items()]
    return session.createDataFrame(table.rows(), types.StructType(fields)).coalesce(1).cache()
