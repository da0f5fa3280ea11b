"""Products of floats come out the same in whichever order their sum is taken."""

from __future__ import annotations

import operator
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from synth.sandbox.given_names import given_names
from synth.sandbox.steady import compiled

pytestmark = pytest.mark.usefixtures("real")

LARGE = (
    "np.dot(big, ones)",
    "np.dot(a=big, b=ones)",
    "big @ ones",
    "big.dot(ones)",
    "big.dot(b=ones)",
    "np.inner(big, ones)",
    "np.vdot(big, ones)",
    "np.vecdot(big, ones)",
    "np.matmul(big, ones)",
    "big[None] @ ones[:, None]",
    "np.convolve(big, ones)",
    "np.correlate(ones, big)",
    "np.tensordot(big, ones, 1)",
    "np.cov(big)",
    "np.corrcoef(big)",
    "list(map(np.dot, [big], [ones]))",
    "np.dot((big / 1e270).astype(np.float32), ones.astype(np.float32))",
    "np.dot(np.full(9, 1e200), np.full(9, 1e200))",
    "np.dot(np.append(big, np.inf), np.append(ones, 1))",
    "np.dot(np.append(big, np.nan), np.append(ones, 1))",
    "np.dot(big.tolist(), [1.0] * 200)",
    "np.dot(np.arange(200), big)",
)


def run(expression: str, **names: Any) -> Any:
    """What an expression comes to within a program."""
    space: dict[str, Any] = {"__builtins__": given_names(), "np": np, **names}
    space |= {"big": np.tile([1e308, 1e308, -1e308, -1e308, 1.0], 40), "ones": np.ones(200)}
    exec(compiled(f"answer = {expression}", "reward.py"), space)
    return space["answer"]


@pytest.mark.parametrize("expression", LARGE)
def test_factors_whose_sum_may_overflow_are_refused(expression: str) -> None:
    """By functions, methods and operators, by name and by position, in each width."""
    with pytest.raises(OverflowError, match="may overflow"):
        run(expression)


def test_in_place_they_are_refused_as_well() -> None:
    """``@=`` on arrays; what is small is multiplied where it stands."""
    text = "def turn(x, y):\n    x @= y\n    return x\n"
    space: dict[str, Any] = {"__builtins__": given_names()}
    exec(compiled(text, "reward.py"), space)
    square = np.eye(3)
    assert space["turn"](square, 2 * np.eye(3)) is square
    assert square.trace() == 6
    with pytest.raises(OverflowError, match="may overflow"):
        space["turn"](square, np.full((3, 3), 1e308))


NUMBERS = hnp.arrays(
    st.sampled_from([np.float64, np.float32, np.uint8, np.int64, np.bool_]),
    (3, 3),
    elements=st.integers(0, 1),
) | hnp.arrays(np.float64, (3, 3), elements=st.floats(-1e100, 1e100) | st.just(float("inf")))


@given(NUMBERS, NUMBERS)
def test_all_others_are_as_they_are(left: Any, right: Any) -> None:
    """The same numbers and kinds as NumPy's own, inf and NaN among them."""
    with np.errstate(all="ignore"):
        wanted = operator.matmul(left, right)
        for expression in ("left @ right", "np.dot(left, right)", "left.dot(right)"):
            told = run(expression, left=left, right=right)
            np.testing.assert_array_equal(told, wanted)
            assert told.dtype == wanted.dtype


def test_products_of_other_things_are_as_they_are() -> None:
    """Scalars, lists, empty arrays, integers, and what is asked for by name."""
    assert run("np.dot(2, 3.0)") == 6
    assert run("np.dot(2.0, [1e200])").tolist() == [2e200]
    assert run("np.dot([1, 2], [3, 4])") == 11
    assert run("np.array([]) @ np.array([])") == 0
    assert run("np.convolve([1.0, 1], [1, 1], 'same').tolist()") == [1, 2]
    assert run("np.tensordot(np.eye(2), np.eye(2))") == 2
    assert run("np.cov([1.0, 2, 3])") == 1
    assert run("np.full(3, 2**62) @ np.ones(3, np.int64)") == 3 * 2**62 - 2**64
    assert run("np.einsum('i,i', ones, ones, optimize=True)") == 200
    with pytest.raises(ValueError, match="mismatch"):
        run("np.eye(2) @ np.eye(3)")
    with pytest.raises(TypeError):
        run("'a' @ ones")
