"""Every error that synth raises on purpose, and who is at fault.

::

    SynthError
    ├── UsageError            (ValueError)    the call or the command line is wrong      exit 2
    ├── SpecError             (ValueError)    a spec file is wrong                       exit 2
    │   └── StaleEpisodes                     episodes no longer fit their spec          exit 2
    ├── RewardError                           the reward program is wrong                exit 1
    │   ├── ProgramSyntaxError (ValueError)   it does not parse
    │   ├── LintError          (ValueError)   it uses what reward programs may not use
    │   ├── ProgramFault       (RuntimeError) it crashed, hung, lied or was killed
    │   └── SuiteError         (RuntimeError) it fails its suite
    ├── ModelError            (RuntimeError)  the model's service failed                 exit 3
    │   ├── ModelAuthError                    key missing or refused
    │   ├── ModelRateLimited                  too many requests, after the retries
    │   ├── ModelUnavailable                  5xx, connection lost, time-out
    │   ├── ModelRefused                      the model declined to answer
    │   ├── ModelTruncated                    the answer was cut at the token limit
    │   ├── ModelReplyError                   the answer is empty or unusable
    │   └── ModelDeadEnd                      it answered, and could not do it             exit 6
    ├── EnvironmentFault      (RuntimeError)  the simulator is missing or misbehaves     exit 4
    │   ├── ExpertFailed                      the expert does not succeed
    │   │   ├── SolvedAtStart                 there is nothing for it to do
    │   │   └── ExpertBroke                   it is no expert: the spec's fault      exit 2
    │   └── IllegalAction                     it was given an action that it does not have
    ├── SandboxUnavailable    (RuntimeError)  no lockdown on this machine                exit 4
    ├── WorkersLost           (RuntimeError)  those who did the work have died           exit 4
    └── BudgetExhausted       (RuntimeError)  rounds, calls, tokens, money or seconds    exit 5

Messages are one or two sentences: what is wrong, where, and what to do. This module
does not format for the terminal; the command line does. Every error comes through a pickle as it
is, since work is done in other processes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Literal, NamedTuple, Self

if TYPE_CHECKING:
    from pathlib import Path

__all__ = [
    "BudgetExhausted",
    "EnvironmentFault",
    "ExpertBroke",
    "ExpertFailed",
    "Fault",
    "IllegalAction",
    "LintError",
    "ModelAuthError",
    "ModelDeadEnd",
    "ModelError",
    "ModelRateLimited",
    "ModelRefused",
    "ModelReplyError",
    "ModelTruncated",
    "ModelUnavailable",
    "Paid",
    "ProgramFault",
    "ProgramSyntaxError",
    "RewardError",
    "SandboxUnavailable",
    "SolvedAtStart",
    "SpecError",
    "StaleEpisodes",
    "SuiteError",
    "SynthError",
    "UsageError",
    "WorkersLost",
]

Fault = Literal[
    "usage",
    "reward",
    "spec",
    "model service",
    "model",
    "environment",
    "sandbox",
    "workers",
    "budget",
]


class SynthError(Exception):
    """The base of all errors synth raises on purpose.

    Attributes:
        fault: The party at fault, named in every message the command line prints.
        exit_code: What the ``synth`` command exits with.
    """

    fault: ClassVar[Fault] = "usage"
    exit_code: ClassVar[int] = 2

    def __reduce__(self) -> tuple[Any, ...]:
        # By default an exception is made anew from its message alone, as if that were all that
        # its constructor takes.
        return _as_it_was, (type(self), self.args, self.__dict__)


def _as_it_was(kind: type[SynthError], args: tuple[Any, ...], state: dict[str, Any]) -> SynthError:
    """An error from a pickle, without its constructor."""
    error = kind.__new__(kind, *args)
    error.__dict__.update(state)
    return error


class UsageError(SynthError, ValueError):
    """A command or a call was given something it cannot use."""


class SpecError(SynthError, ValueError):
    """A spec is wrong.

    Attributes:
        file: The spec file, or ``None`` where the spec came from memory.
        key: The dotted key at fault (``render.tile_size``), or ``None``.
        remedy: What to write instead.
    """

    fault = "spec"

    def __init__(
        self, problem: str, *, file: str | None = None, key: str | None = None, remedy: str = ""
    ) -> None:
        self.problem, self.file, self.key, self.remedy = problem, file, key, remedy
        where = ": ".join(part for part in (file, key) if part)
        text = f"{where}: {problem}" if where else problem
        super().__init__(f"{text} {remedy}".strip())


class StaleEpisodes(SpecError):
    """The recorded episodes were made from another version of the spec."""


class RewardError(SynthError):
    """The reward program is at fault."""

    fault = "reward"
    exit_code = 1

    def in_file(self, file: Path) -> Self:
        """The same error, whose message begins with the file that holds the program."""
        told = str(self)
        self.args = (f"{file}:\n{told}" if "\n" in told else f"{file}: {told}",)
        return self


class ProgramSyntaxError(RewardError, ValueError):
    """The program is not Python, or not shaped like a reward program.

    Attributes:
        line: 1-based line.
        column: 1-based column.
        excerpt: The line with a caret under the column, over two lines.
    """

    def __init__(self, problem: str, *, line: int = 1, column: int = 1, excerpt: str = "") -> None:
        self.problem, self.line, self.column, self.excerpt = problem, line, column, excerpt
        report = f"line {line}, column {column}: {problem}"
        super().__init__(f"{report}\n{excerpt}" if excerpt else report)


class LintError(RewardError, ValueError):
    """The program uses something outside the allow-list.

    Attributes:
        findings: The lint's findings, in source order.
    """

    def __init__(self, findings: tuple[object, ...]) -> None:
        self.findings = findings
        super().__init__("\n".join(str(finding) for finding in findings))


class ProgramFault(RewardError, RuntimeError):
    """The program crashed, ran past its deadline, broke the reply format, or was killed."""


class SuiteError(RewardError, RuntimeError):
    """The program fails its suite."""


class Paid(NamedTuple):
    """An answer that is of no use and costs what it costs.

    Attributes:
        text: What came of it; may be empty.
        input_tokens: As the service counted them.
        output_tokens: As the service counted them.
        model: What answered, as the service names it.
    """

    text: str
    input_tokens: int = 0
    output_tokens: int = 0
    model: str = ""


class ModelError(SynthError, RuntimeError):
    """The model's service failed; nothing already answered is lost.

    Attributes:
        retry_after: Seconds the service asked to wait, where it said so.
        paid: What came and was paid for, where something did: text, tokens, model.
    """

    fault: ClassVar[Fault] = "model service"
    exit_code = 3

    def __init__(
        self, message: str, *, retry_after: float | None = None, paid: Paid | None = None
    ) -> None:
        self.retry_after = retry_after
        self.paid = paid
        super().__init__(message)


class ModelAuthError(ModelError):
    """The key is missing, or the service refused it."""


class ModelRateLimited(ModelError):
    """The service still answers "too many requests" after the retries."""


class ModelUnavailable(ModelError):
    """The service cannot be reached, fails inside, stalls, or cuts its answer short."""


class ModelRefused(ModelError):
    """The model declined to answer."""


class ModelTruncated(ModelError):
    """The answer reached the output token limit before its end."""


class ModelReplyError(ModelError):
    """The service answered, but with nothing that can be used."""


class ModelDeadEnd(ModelError):
    """The model understood the request and cannot do it; asking it again would not help.

    The message says what was tried and what would help, such as another model.
    """

    fault = "model"
    exit_code = 6


class EnvironmentFault(SynthError, RuntimeError):
    """The simulator is not installed, unknown, or misbehaves."""

    fault: ClassVar[Fault] = "environment"
    exit_code = 4


class ExpertFailed(EnvironmentFault):
    """The expert policy does not reach success, so there is nothing to learn from."""


class SolvedAtStart(ExpertFailed):
    """An episode begins in success, so there is nothing for anyone to do."""


class ExpertBroke(ExpertFailed):
    """The expert that a spec names raises an error, hangs, or gives what is no action."""

    fault = "spec"
    exit_code = 2


class IllegalAction(EnvironmentFault):
    """The environment was given an action that it does not have.

    Attributes:
        action: As it was given.
    """

    def __init__(self, message: str, *, action: Any) -> None:
        self.action = action
        super().__init__(message)


class SandboxUnavailable(SynthError, RuntimeError):
    """This machine cannot confine a program, so none is run."""

    fault = "sandbox"
    exit_code = 4


class WorkersLost(SynthError, RuntimeError):
    """The processes or machines that did the work have ended before their time."""

    fault = "workers"
    exit_code = 4


class BudgetExhausted(SynthError, RuntimeError):
    """A budget ran out; the best program so far and the journal are on disk."""

    fault = "budget"
    exit_code = 5
