"""What a journal may say: one frozen record for each sort of line.

No record has room for anything held out: a look at the held-out split is a verdict and
two counts, without names. Records hold no wall-clock time; `elapsed` counts seconds of
work, so that a budget of seconds is still right after a resume.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from synth.failure import Failure  # noqa: TC001  pydantic reads the annotation at run time
from synth.plan import Plan  # noqa: TC001  pydantic reads the annotation at run time

__all__ = [
    "FORMAT",
    "CandidateRecord",
    "DecisionRecord",
    "Exemplar",
    "FoundRecord",
    "FunctionRecord",
    "HeldOutRecord",
    "NoteRecord",
    "PictureRecord",
    "PlanRecord",
    "QuestionsRecord",
    "Record",
    "RequestRecord",
    "ResponseRecord",
    "RunRecord",
    "SpeedRecord",
    "SuiteRecord",
    "VerdictRecord",
    "WastedRecord",
    "decode",
    "encode",
]

FORMAT = 1


class _Record(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class RunRecord(_Record):
    """A process began, or went on with, this run.

    Attributes:
        format: Of the journal itself.
        task: The task's name.
        spec: `Spec.episode_digest` of the spec.
        model: As given on the command line.
        synth: Version of the package.
        prompts: Digest of the prompt templates.
        prompt_set: Their name; see `synth.prompts.sets`.
        rounds: How many rounds were allowed; this and what follows decide what is asked,
            so that a replay needs them.
        samples: Answers asked for in each round.
        faster_rounds: Rounds allowed for speed.
        patience: Rounds without improvement before the plan is thought over.
        complaints: Failures shown at a time.
    """

    type: Literal["run"] = "run"
    format: int = FORMAT
    task: str
    spec: str
    model: str
    synth: str
    prompts: str = ""
    prompt_set: str = "default"
    rounds: int = 8
    samples: int = 1
    faster_rounds: int = 2
    patience: int = 3
    complaints: int = 6


class PictureRecord(_Record):
    """One picture of a request.

    Attributes:
        name: Unique within the request.
        caption: What the picture is, in words.
        sha: First 16 hex digits of the frame's digest; the file's name.
    """

    name: str
    caption: str
    sha: str


class RequestRecord(_Record):
    """A request, written before it is sent.

    Attributes:
        key: Its place in the run: ``refine-3-0``.
        digest: `request_digest` of it.
        kind: ``describe``, ``write``, ``refine``, ``faster`` or ``label``.
        prompt: The full text.
        pictures: In the order in which the prompt shows them; none where they are held out.
    """

    type: Literal["request"] = "request"
    key: str
    digest: str
    kind: str
    prompt: str
    pictures: tuple[PictureRecord, ...] = ()


class ResponseRecord(_Record):
    """What came back, written before it is looked at.

    Attributes:
        key: The request's key.
        digest: The request's digest.
        text: The answer.
        input_tokens: As the service counted them.
        output_tokens: As the service counted them.
        model: What answered, as the service names it.
        elapsed: Seconds of work on this run so far, earlier processes included.
    """

    type: Literal["response"] = "response"
    key: str
    digest: str
    text: str
    input_tokens: int = 0
    output_tokens: int = 0
    model: str = ""
    elapsed: float = 0.0


class WastedRecord(_Record):
    """What came back and is no answer: refused, empty or broken, and paid for all the same.

    The request is asked again when the run goes on.

    Attributes:
        key: The request's key.
        digest: The request's digest.
        text: What came, which may be nothing.
        reason: What is wrong with it.
        input_tokens: As the service counted them.
        output_tokens: As the service counted them.
        model: What answered, as the service names it.
        elapsed: Seconds of work on this run so far, earlier processes included.
    """

    type: Literal["wasted"] = "wasted"
    key: str
    digest: str
    text: str = ""
    reason: str = ""
    input_tokens: int = 0
    output_tokens: int = 0
    model: str = ""
    elapsed: float = 0.0


class PlanRecord(_Record):
    """A plan read from an answer.

    Attributes:
        key: The key of the request that it answers.
    """

    type: Literal["plan"] = "plan"
    key: str
    plan: Plan


class CandidateRecord(_Record):
    """A program made from an answer, merged where it was a patch.

    Attributes:
        key: The key of the request that it answers.
        program: Digest of the source.
    """

    type: Literal["candidate"] = "candidate"
    key: str
    program: str
    source: str


class SuiteRecord(_Record):
    """The tests of a suite, named once so that verdicts need one character for each.

    Attributes:
        digest: Of `ids`.
        ids: Sorted.
    """

    type: Literal["tests"] = "tests"
    digest: str
    ids: tuple[str, ...]


class Exemplar(_Record):
    """One failure of each sort, and how many more there were.

    Attributes:
        failure: Of the visible split.
        also: Further failures of the same check on the same sub-task.
    """

    failure: Failure
    also: int = 0


class VerdictRecord(_Record):
    """How a program did on the visible split.

    Attributes:
        program: Digest of the source.
        evidence: Digest of what it was judged by: episodes, plan and version of synth.
        tests: Digest of the `SuiteRecord` that names the tests.
        marks: One character a test: ``P`` passed, ``F`` failed.
        exemplars: The failures, one of each sort.
        elapsed: Seconds of work on this run so far, earlier processes included.
    """

    type: Literal["verdict"] = "verdict"
    program: str
    evidence: str
    tests: str
    marks: str
    exemplars: tuple[Exemplar, ...] = ()
    elapsed: float = 0.0


class HeldOutRecord(_Record):
    """One look at the held-out split: whether, how many, and what kind of thing; never where.

    Attributes:
        program: Digest of the source.
        evidence: As in `VerdictRecord`.
        passed: Tests passed.
        failed: Tests failed.
        look: Which look this is, from 1.
        generation: `EpisodeStore.generation` of the episodes that were looked at.
        kinds: What failed, as sub-tasks and the promises of checks; possibly not all.
    """

    type: Literal["held_out"] = "held_out"
    program: str
    evidence: str
    passed: int
    failed: int
    look: int
    generation: int = 0
    kinds: tuple[str, ...] = ()

    @property
    def passes(self) -> bool:
        """Whether all passed, and there was one."""
        return self.passed > 0 and not self.failed


class FoundRecord(_Record):
    """The search found an episode that no store held; it is one of the run's from here on.

    Attributes:
        seed: What the environment is reset with.
        actions: As JSON values.
        note: What kind of lie was told on it.
        mission: The words of the episode; ``None`` where missions do not vary.
    """

    type: Literal["found"] = "found"
    seed: int
    actions: tuple[Any, ...]
    note: str = ""
    mission: str | None = None


class FunctionRecord(_Record):
    """Mean microseconds and calls per frame of one function of a program."""

    function: str
    microseconds: float
    calls: float


class SpeedRecord(_Record):
    """Measured speed. It is never measured twice, so that timing cannot change a replay.

    Attributes:
        program: Digest of the source.
        single: Microseconds a frame, sent, judged and answered one by one.
        batched: Microseconds a frame in batches.
        profile: Where the time goes, slowest first.
    """

    type: Literal["speed"] = "speed"
    program: str
    single: float
    batched: float
    profile: tuple[FunctionRecord, ...] = ()


class DecisionRecord(_Record):
    """What the loop did with an answer, or why it ended.

    Attributes:
        key: The key of the request concerned, empty where the whole run is meant.
        decision: ``accepted``: the base of what follows. ``best``: also the best so far.
        program: Digest of the program concerned, or empty.
        reason: One sentence.
    """

    type: Literal["decision"] = "decision"
    key: str = ""
    decision: Literal["accepted", "reverted", "best", "unusable", "held_out", "stop"]
    program: str = ""
    reason: str = ""


class QuestionsRecord(_Record):
    """Which pictures eyes are asked about, since a program passes all else.

    Attributes:
        program: Digest of the program whose rivals were to be told apart.
        split: Whose pictures.
        pool: Digest of the pictures that there were; rows mean something beside it only.
        wording: Digest of the plan's words.
        questions: Row of the pool and the sub-task's name. A row tells nobody which picture it is.
        controls: Rows of pictures on which the goal is asked, whose answer is known.
        rivals: How many readings were to be told apart from the program's and from each other.
        told: How many of their pairs these questions tell apart.
        left: How many pairs are left: no picture tells them, or no more may be asked.
    """

    type: Literal["questions"] = "questions"
    program: str
    split: Literal["visible", "held_out"]
    pool: str
    wording: str
    questions: tuple[tuple[int, str], ...]
    controls: tuple[int, ...] = ()
    rivals: int = 0
    told: int = 0
    left: int = 0


class NoteRecord(_Record):
    """Something a reader of the journal should know, such as a budget or a changed prompt."""

    type: Literal["note"] = "note"
    text: str


Record = Annotated[
    RunRecord
    | RequestRecord
    | ResponseRecord
    | WastedRecord
    | PlanRecord
    | CandidateRecord
    | SuiteRecord
    | VerdictRecord
    | HeldOutRecord
    | FoundRecord
    | SpeedRecord
    | DecisionRecord
    | QuestionsRecord
    | NoteRecord,
    Field(discriminator="type"),
]
_RECORD: TypeAdapter[Record] = TypeAdapter(Record)


def encode(record: Record) -> bytes:
    """One line of a journal, its newline included."""
    return record.model_dump_json().encode() + b"\n"


def decode(line: bytes) -> Record:
    """The record of one line.

    Raises:
        ValueError: It is not one.
    """
    return _RECORD.validate_json(line)
