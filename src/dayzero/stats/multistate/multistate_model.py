"""Which states there are and which changes between them are possible."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from dayzero.errors import BadInputError

if TYPE_CHECKING:
    from collections.abc import Iterable

    import numpy.typing as npt


@dataclass(frozen=True)
class MultiStateModel:
    """States and the allowed transitions between them; cycles are allowed.

    Parameters
    ----------
    states : tuple of str
        Names, each once.
    transitions : tuple of (str, str)
        Allowed changes ``(from, to)``.

    Raises
    ------
    BadInputError
        A state named twice, an unknown state in a transition, a transition into the same state.
    """

    states: tuple[str, ...]
    transitions: tuple[tuple[str, str], ...]

    def __post_init__(self) -> None:
        if len(set(self.states)) != len(self.states) or not self.states:
            what = "a multi-state model needs states, each named once"
            raise BadInputError(what, where=", ".join(self.states))
        for origin, target in self.transitions:
            for state in (origin, target):
                if state not in self.states:
                    raise BadInputError.unknown_name(kind="state", found=state, allowed=self.states)
            if origin == target:
                what = f"transition from '{origin}' into the same state"
                raise BadInputError(what, hint="staying in a state is no transition")

    def index(self, state: str) -> int:
        """Return the position of a state, or refuse an unknown one."""
        if state not in self.states:
            raise BadInputError.unknown_name(kind="state", found=str(state), allowed=self.states)
        return self.states.index(state)

    @cached_property
    def allowed(self) -> npt.NDArray[np.bool_]:
        """Whether state j (row) may change to state k (column)."""
        matrix = np.zeros((len(self.states), len(self.states)), dtype=bool)
        for origin, target in self.transitions:
            matrix[self.states.index(origin), self.states.index(target)] = True
        return matrix

    @property
    def absorbing(self) -> tuple[str, ...]:
        """States that nobody leaves."""
        leaves = np.any(self.allowed, axis=1)
        return tuple(s for s, out in zip(self.states, leaves.tolist(), strict=True) if not out)

    @property
    def cyclic(self) -> bool:
        """Whether some state can be entered again after it was left."""
        reach = self.allowed.copy()
        for via in range(len(self.states)):  # Warshall: paths through one more state at a time
            reach |= np.outer(reach[:, via], reach[via])
        return bool(reach.diagonal().any())


def competing_risks_model(causes: Iterable[str], *, initial: str = "event-free") -> MultiStateModel:
    """Return the model of one initial state and one absorbing state a cause."""
    names = tuple(causes)
    return MultiStateModel((initial, *names), tuple((initial, name) for name in names))


def illness_death_model(
    *, recovery: bool = False, states: tuple[str, str, str] = ("healthy", "ill", "dead")
) -> MultiStateModel:
    """Return the illness-death model; with ``recovery``, the ill can become healthy again.

    Source: Andersen, Borgan, Gill and Keiding (1993), section I.3.3.
    """
    healthy, ill, dead = states
    back = ((ill, healthy),) if recovery else ()
    return MultiStateModel(states, ((healthy, ill), (healthy, dead), (ill, dead), *back))


def numbered(name: str, k: int) -> str:
    """Return the name of the k-th visit to a state: 'remission', 'remission 2', ..."""
    return name if k == 1 else f"{name} {k}"


def current_leukaemia_free_model(
    relapses: int = 1,
    *,
    states: tuple[str, str, str, str] = ("remission", "relapse", "dead in remission", "dead in relapse"),
) -> MultiStateModel:
    """Return the model behind current leukaemia-free survival.

    Remission and relapse follow each other, each visit a state of its own; death can follow any of them and
    is told apart by whether it came in remission or in relapse. ``relapses`` relapses can each be followed
    by a new remission, and that one by a last relapse. Current leukaemia-free survival is the probability of
    being in one of the remission states.

    Source: Klein, Szydlo, Craddock and Goldman (2000), Stat Med 19:3005; Keiding, Klein and Horowitz (2001),
    Stat Med 20:1871.
    """
    if relapses < 1:
        what = f"relapses is {relapses}"
        raise BadInputError(what, allowed="1 or more", hint="without a relapse there is nothing to regain")
    remission, relapse, dead_in_remission, dead_in_relapse = states
    path = [name for k in range(1, relapses + 2) for name in (numbered(remission, k), numbered(relapse, k))]
    moves = pairwise(path)
    deaths = [(s, dead_in_remission if i % 2 == 0 else dead_in_relapse) for i, s in enumerate(path)]
    return MultiStateModel((*path, dead_in_remission, dead_in_relapse), (*moves, *deaths))
