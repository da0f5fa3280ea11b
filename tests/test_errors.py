"""The tree of errors."""

from __future__ import annotations

import inspect

import pytest

from synth import errors

TREE = [
    value
    for value in vars(errors).values()
    if inspect.isclass(value) and issubclass(value, errors.SynthError)
]


@pytest.mark.parametrize("error", TREE, ids=lambda e: e.__name__)
def test_every_error_is_public_named_in_the_picture_and_has_a_party_and_a_code(
    error: type[errors.SynthError],
) -> None:
    """Who catches an error finds it in the module's picture, with fault and exit code."""
    assert error.__name__ in errors.__all__
    assert error.__name__ in (errors.__doc__ or "")
    assert error.exit_code in {1, 2, 3, 4, 5, 6}
    assert error.fault


@pytest.mark.parametrize(
    ("error", "builtin"),
    [
        (errors.UsageError, ValueError),
        (errors.SpecError, ValueError),
        (errors.LintError, ValueError),
        (errors.ProgramFault, RuntimeError),
        (errors.ModelError, RuntimeError),
        (errors.EnvironmentFault, RuntimeError),
    ],
)
def test_errors_are_the_builtin_that_a_caller_would_expect(
    error: type[Exception], builtin: type[Exception]
) -> None:
    """`except ValueError` and `except RuntimeError` work as usual."""
    assert issubclass(error, builtin)


def test_a_spec_error_says_file_key_problem_and_remedy_in_that_order() -> None:
    """The message is the whole help."""
    error = errors.SpecError("unknown key.", file="specs/x.toml", key="a.b", remedy="Remove it.")
    assert str(error) == "specs/x.toml: a.b: unknown key. Remove it."
