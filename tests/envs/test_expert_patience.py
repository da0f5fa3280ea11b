"""An expert that hangs costs its seed, not the command."""

from __future__ import annotations

import itertools
import signal
import threading
from typing import TYPE_CHECKING, Any

import pytest

from synth.errors import ExpertBroke
from synth.experts.patience import patient

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


def at_first(_: Any) -> Iterator[int]:
    """Thinks for ever before its first action."""
    for _n in itertools.count():
        pass
    yield 0


def later(_: Any) -> Iterator[int]:
    """Gives two actions and then thinks for ever."""
    yield 1
    yield 2
    for _n in itertools.count():
        pass


def catches(_: Any) -> Iterator[int]:
    """Thinks for ever, and catches every error."""
    for _n in itertools.count():
        try:
            sum(range(10))
        except Exception:  # noqa: BLE001 - what careless code does
            continue
    yield 0


def plain(_: Any) -> Iterator[int]:
    """A function without `yield` that thinks for ever."""
    return iter([n for n in itertools.count() if n < 0])


@pytest.mark.parametrize("expert", [at_first, later, catches, plain])
def test_an_expert_that_hangs_is_given_up(expert: Callable[[Any], Iterator[int]]) -> None:
    """Wherever it hangs, the message names it, as the spec's fault; what it gave before counts."""
    given: list[int] = []
    with pytest.raises(ExpertBroke, match=r"mine:expert has not come to an action within 0\.2"):
        given.extend(patient(expert, "mine:expert", 0.2)(None))
    assert signal.getitimer(signal.ITIMER_REAL)[0] == 0.0


def test_a_quick_expert_is_left_alone() -> None:
    """Its actions come as they are, its name stays, and so do other handlers of the signal."""
    before = signal.getsignal(signal.SIGALRM)
    expert = patient(lambda _: iter([3, 1, 2]), "mine:expert")
    assert list(expert(None)) == [3, 1, 2]
    assert getattr(patient(later, "mine:later"), "__name__", "") == "later"
    assert signal.getsignal(signal.SIGALRM) is before


def test_time_between_actions_is_not_the_experts() -> None:
    """What is done with an action takes as long as it takes."""
    expert = patient(lambda _: iter([1, 2]), "mine:expert", 0.2)(None)
    assert next(expert) == 1
    assert signal.getitimer(signal.ITIMER_REAL)[0] == 0.0, "nothing runs while nobody thinks"


def test_experts_act_in_other_threads_too() -> None:
    """No signal can be had there, and none is needed for an expert that is quick."""
    given: list[int] = []
    expert = patient(lambda _: iter([1, 2]), "mine:expert", 0.2)
    thread = threading.Thread(target=lambda: given.extend(expert(None)))
    thread.start()
    thread.join()
    assert given == [1, 2]
