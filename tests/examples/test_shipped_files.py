"""Each example has a study file, its data, and a README that says where they come from."""

from __future__ import annotations

import pytest

from dayzero import examples
from dayzero.errors import BadInputError
from dayzero.study import load_study


@pytest.mark.parametrize("name", examples.names())
def test_an_example_is_complete(name):
    study = load_study(examples.study_path(name))
    folder = examples.study_path(name).parent
    assert (folder / study.protocol.data.source).is_file()
    readme = (folder / "README.md").read_text(encoding="utf-8")
    for part in ("icence", "What it shows", "What it cannot show"):
        assert part in readme
    assert examples.describe(name)


def test_every_folder_is_offered():
    folder = examples.study_path("perugia").parent.parent
    assert {path.parent.name for path in folder.glob("*/study.toml")} == set(examples.names())


def test_an_unknown_example_is_refused_with_the_names():
    with pytest.raises(BadInputError, match="did you mean 'perugia'"):
        examples.study_path("perugio")
