"""Replicate weights for any estimator that takes case weights."""

from __future__ import annotations

import numpy as np
import pytest

from dayzero import stats
from dayzero.errors import BadInputError


def test_each_replicate_draws_as_many_as_there_are():
    weights = stats.bootstrap_weights(20, 50, seed=1)
    assert weights.shape == (50, 20)
    assert (weights.sum(axis=1) == 20).all()
    assert (weights == stats.bootstrap_weights(20, 50, seed=1)).all()
    assert (weights != stats.bootstrap_weights(20, 50, seed=2)).any()


def test_every_unit_is_drawn_equally_often():
    weights = stats.bootstrap_weights(5, 20_000, seed=1)
    assert weights.mean(axis=0) == pytest.approx(np.ones(5), abs=0.03)
    assert weights.var(axis=0) == pytest.approx(np.full(5, 0.8), abs=0.03)


def test_clusters_are_drawn_whole():
    cluster = ["x", "x", "y", "z", "z", "z"]
    weights = stats.bootstrap_weights(6, 40, seed=1, cluster=cluster)
    assert (weights[:, 0] == weights[:, 1]).all()
    assert (weights[:, 3] == weights[:, 4]).all()
    assert (weights[:, [0, 2, 3]].sum(axis=1) == 3).all()


def test_strata_keep_their_sizes():
    stratum = np.array(["a", "b", "a", "b", "b"])
    weights = stats.bootstrap_weights(5, 40, seed=1, stratum=stratum)
    assert (weights[:, stratum == "a"].sum(axis=1) == 2).all()
    assert (weights[:, stratum == "b"].sum(axis=1) == 3).all()


def test_clusters_within_strata():
    weights = stats.bootstrap_weights(4, 30, seed=1, cluster=[1, 1, 2, 3], stratum=["a", "a", "a", "b"])
    assert (weights[:, 3] == 1).all()
    assert (weights[:, 0] + weights[:, 2] == 2).all()


def test_refusals():
    with pytest.raises(BadInputError, match="0 replicates"):
        stats.bootstrap_weights(5, 0, seed=1)
    with pytest.raises(BadInputError, match="two strata"):
        stats.bootstrap_weights(2, 5, seed=1, cluster=["x", "x"], stratum=["a", "b"])
    with pytest.raises(BadInputError, match="stratum 3"):
        stats.bootstrap_weights(2, 5, seed=1, stratum=["a", "b", "b"])
