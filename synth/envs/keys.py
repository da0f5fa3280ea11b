"""Reads what a spec says to its family: ``[render]`` and ``[options]``, key by key.

Whatever is wrong is a `SpecError` that names file and key, and says what to write instead.
"""

from __future__ import annotations

import difflib
import json
from typing import TYPE_CHECKING, Any, Literal

from synth.errors import SpecError

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from synth.spec import Spec

__all__ = ["SpecKeys", "refuse_condition", "wrong_key"]


def wrong_key(spec: Spec, key: str, problem: str, remedy: str) -> SpecError:
    """The error for what a spec says at a key.

    Args:
        spec: Which.
        key: Dotted: ``render.size``.
        problem: What is wrong, as a sentence whose subject is the key.
        remedy: What to write instead.
    """
    return SpecError(problem, file=f"specs/{spec.name}.toml", key=key, remedy=remedy)


def refuse_condition(spec: Spec, known: str) -> None:
    """Refuse ``success.when`` and ``success.margin`` where the family knows its own.

    Args:
        spec: Which.
        known: Who knows it, as a clause: ``a screen knows its own``.

    Raises:
        SpecError: The spec has one of them.
    """
    for key in ("when", "margin"):
        if getattr(spec.success, key) is not None:
            raise wrong_key(
                spec,
                f"success.{key}",
                f"is for environments whose success synth does not know; {known}.",
                "Remove it.",
            )


class SpecKeys:
    """One of the two tables whose keys are up to the family.

    Example::

        keys = SpecKeys(spec, "render")
        keys.require_known(("size", "views"))
        size = keys.whole("size", 128, range(32, 513), "of pixels")

    Args:
        spec: Which.
        table: Its name.
    """

    def __init__(self, spec: Spec, table: Literal["render", "options"]) -> None:
        self._spec, self._table = spec, table
        self._values: dict[str, Any] = dict(getattr(spec, table))

    def require_known(self, known: Collection[str]) -> None:
        """Refuse every other key.

        Raises:
            SpecError: There is one; the nearest known is named.
        """
        for key in self._values:
            if key not in known:
                near = difflib.get_close_matches(key, known, n=1)
                hint = f"Did you mean {near[0]!r}? " if near else ""
                names = ", ".join(known)
                if self._table == "render":
                    raise self.wrong(key, "unknown render key.", f"{hint}Known keys: {names}.")
                problem = f"{self._spec.env} has no such option."
                raise self.wrong(key, problem, f"{hint}Its options are: {names}.")

    def refuse_ours(self, ours: Collection[str], prefixes: tuple[str, ...] = ()) -> None:
        """Refuse arguments that synth gives itself.

        Args:
            ours: Their names.
            prefixes: What names of further ones begin with.

        Raises:
            SpecError: The table has one.
        """
        for key in self._values:
            if key in ours or key.startswith(prefixes):
                remedy = "Remove it; `max_steps` and `[render]` have their own places."
                raise self.wrong(key, "is set by synth itself.", remedy)

    def whole(self, key: str, default: int, within: range, unit: str = "") -> int:
        """A whole number.

        Args:
            key: Which.
            default: Where the spec is silent.
            within: What it may be.
            unit: ``of pixels``.

        Raises:
            SpecError: It is none, or out of bounds.
        """
        value = self._values.get(key, default)
        if isinstance(value, bool) or not isinstance(value, int) or value not in within:
            what = f"a whole number {unit}".strip()
            raise self.must_be(key, f"{what} from {within[0]} to {within[-1]}", default)
        return value

    def number(self, key: str, default: float, fits: Callable[[float], bool], shape: str) -> float:
        """A number, whole or not.

        Args:
            key: Which.
            default: Where the spec is silent.
            fits: Whether it may be that one.
            shape: What it must be, in words: ``0.4 to 3.0 metres``.

        Raises:
            SpecError: It is none, or does not fit.
        """
        value = self._values.get(key, default)
        if isinstance(value, bool) or not isinstance(value, int | float) or not fits(value):
            raise self.must_be(key, shape, default)
        return float(value)

    def flag(self, key: str, *, default: bool) -> bool:
        """Yes or no.

        Raises:
            SpecError: It is neither.
        """
        value = self._values.get(key, default)
        if not isinstance(value, bool):
            raise self.must_be(key, "true or false", default)
        return value

    def some_of(
        self, key: str, default: tuple[str, ...], known: Collection[str]
    ) -> tuple[str, ...]:
        """A list of names, at least one, in the spec's own order.

        Raises:
            SpecError: It is no list, is empty, or names one twice or one that there is not.
        """
        value = self._values.get(key, list(default))
        names = value if isinstance(value, list) else []
        right = [name for name in names if isinstance(name, str) and name in known]
        if not right or len(right) != len(names) or len(set(right)) != len(right):
            raise self.must_be(key, f"some of {', '.join(known)}, each once", list(default))
        return tuple(right)

    def must_be(self, key: str, shape: str, example: Any) -> SpecError:
        """The error for a value that is not what it must be.

        Args:
            key: Which.
            shape: What it must be, in words.
            example: A value that would do.
        """
        problem = f"must be {shape}, but the file says {self._values.get(key)!r}."
        # What numbers, texts and lists of them look like in TOML, they look like in JSON.
        return self.wrong(key, problem, f"For example: {key} = {json.dumps(example)}.")

    def wrong(self, key: str, problem: str, remedy: str) -> SpecError:
        """The error for anything else at a key of the table; see `wrong_key`."""
        return wrong_key(self._spec, f"{self._table}.{key}", problem, remedy)
