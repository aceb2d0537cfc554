"""Make rows.csv: 150 synthetic rows with ties, delayed entry, strata, weights, clusters and three causes.

Whole days tie many events; `entry` is before `time` in every row; `id` groups rows two by two. Run from this
folder with any NumPy 2: python make_rows.py
"""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np

rng = np.random.default_rng(20240331)
n = 150
age = np.round(rng.normal(45, 12, n), 1)
female = rng.integers(0, 2, n)
dose = np.round(rng.gamma(2.0, 1.5, n), 2)
arm = rng.choice(["none", "one", "two"], n, p=[0.4, 0.35, 0.25])
stratum = rng.choice(["A", "B", "C"], n, p=[0.5, 0.3, 0.2])
centre = rng.choice(["north", "south"], n)
risk = np.exp(0.03 * (age - 45) + 0.5 * female - 0.1 * dose + 0.4 * (arm == "two"))
event_time = np.ceil(rng.exponential(30, n) / risk)
censor_time = rng.integers(2, 60, n)
time = np.minimum(event_time, censor_time).astype(int)
event = (event_time <= censor_time).astype(int)
cause = np.where(event == 1, 1 + (rng.random(n) < 0.4), 0)
entry = np.floor(rng.random(n) * np.minimum(time, 12) * 0.9).astype(int)
weight = np.round(rng.uniform(0.4, 2.6, n), 3)
copies = rng.integers(1, 4, n)
cluster = rng.permutation(np.repeat(np.arange(n // 2), 2))

columns = {
    "time": time,
    "event": event,
    "cause": cause,
    "entry": entry,
    "age": age,
    "female": female,
    "dose": dose,
    "arm": arm,
    "stratum": stratum,
    "centre": centre,
    "weight": weight,
    "copies": copies,
    "cluster": cluster,
}
with Path("rows.csv").open("w", newline="", encoding="utf-8") as file:
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows(zip(*(v.tolist() for v in columns.values()), strict=True))
