"""The tables of a spec, as pydantic models.

A spec names the environment, how it is rendered, the expert, how many episodes are
recorded and what a reward must reach. It holds nothing about how success looks: that is
what a model has to find out.
"""

from __future__ import annotations

import hashlib
import json
import re
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, create_model, model_validator

from synth.confidence import CERTAINTY, episodes_needed
from synth.perturbations import perturbations

__all__ = [
    "RECORDED",
    "ExpertSpec",
    "GateSpec",
    "HeldOutSpec",
    "LabelsSpec",
    "MetamorphicSpec",
    "MissionSpec",
    "NearMissSpec",
    "RandomSpec",
    "SearchSpec",
    "Spec",
    "SuccessSpec",
    "TargetSpec",
]

RECORDED = "recorded"
"""The ``env`` of tasks of which there are pictures and no simulator."""

Scalar = bool | int | float | str
Count = Annotated[int, Field(ge=1, le=10_000)]
CountOrNone = Annotated[int, Field(ge=0, le=10_000)]
Share = Annotated[float, Field(ge=0.0, le=1.0)]
Inner = Annotated[float, Field(gt=0.0, lt=1.0)]
_POLICY = re.compile(r"sb3:.+\.zip|(minari|episodes|play):.+|(?!sb3:)[\w.]+:\w+")
"""A function of a module, or another source of experts and where it lies."""


def _policy(text: str) -> str:
    if not _POLICY.fullmatch(text):
        raise ValueError("is no policy")
    return text


class _Table(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    @classmethod
    def known_keys(cls) -> list[str]:
        """All keys that the table may have."""
        return list(cls.model_fields)


class SuccessSpec(_Table):
    """What counts as success, where the family does not know, and how finely it is judged.

    Attributes:
        when: ``info.KEY``, ``reward > NUMBER``, ``terminated``, ``terminated and reward > 0``,
            ``truncated``, or ``module:function``; without it the family says.
        pixels: Width of the band around the threshold that is not judged, in pixels; it needs
            margins. 0 is strict.
        margin: ``module:function`` from the environment to its signed distance from the
            threshold, positive exactly at success, where the family has no margin of its own.
        pixel: What a pixel of the picture shows of that distance; `margin` needs it.
    """

    when: Annotated[str, Field(min_length=1)] | None = None
    pixels: Annotated[float, Field(ge=0.0, le=16.0)] = 1.0
    margin: Annotated[str, Field(pattern=r"^[\w.]+:\w+$")] | None = None
    pixel: Annotated[float, Field(gt=0.0)] | None = None

    @model_validator(mode="after")
    def _margin_has_a_pixel(self) -> SuccessSpec:
        if (self.margin is None) != (self.pixel is None):
            raise ValueError("margin and pixel go together: say both, or neither")
        return self


class MissionSpec(_Table):
    """Where the words of an episode come from, in a task whose missions vary.

    Attributes:
        source: The key ``from``: ``env.mission``, ``observation.KEY``, ``info.KEY``, or
            ``module:function``, called with the unwrapped environment, the observation and the
            info that its reset gave.
    """

    source: Annotated[
        str,
        Field(alias="from", pattern=r"^(env\.mission|(observation|info)\.\w+|[\w.]+:\w+)$"),
    ]

    @classmethod
    def known_keys(cls) -> list[str]:
        """All keys that the table may have, as they are written."""
        return ["from"]


class ExpertSpec(_Table):
    """Who shows the task.

    Attributes:
        policy: ``module:function``, ``sb3:FILE.zip``, ``minari:ID``, ``episodes:FOLDER`` or
            ``play:FOLDER`` (`synth.experts`).
        episodes: Visible expert episodes.
        hold: Frames recorded on after the first success, where the environment goes on.
        wrap: For ``sb3:``, the gymnasium wrappers between which the model was trained, the
            innermost first, each ``module:Class``.
        normalize: For ``sb3:``, the file of the ``VecNormalize`` that it was trained with.
    """

    policy: Annotated[str, AfterValidator(_policy)]
    episodes: Count = 20
    hold: Annotated[int, Field(ge=0, le=1_000)] = 0
    wrap: list[Annotated[str, Field(pattern=r"^[\w.]+:\w+$")]] = []
    normalize: Annotated[str, Field(min_length=1)] | None = None

    @model_validator(mode="after")
    def _of_a_model(self) -> ExpertSpec:
        if (self.wrap or self.normalize) and not self.policy.startswith("sb3:"):
            raise ValueError("wrap and normalize are for a policy of sb3: alone")
        return self


class RandomSpec(_Table):
    """Visible episodes of a uniformly random policy.

    Attributes:
        episodes: How many; 0 where nothing can be played at random.
        max_steps: Steps after which one is cut; without it the task's own limit.
    """

    episodes: CountOrNone = 20
    max_steps: Annotated[int, Field(ge=1, le=100_000)] | None = None


class HeldOutSpec(_Table):
    """Held-out episodes of each kind, from seeds the visible split never uses.

    Attributes:
        episodes: How many. Where only a ``gate.max_miss`` is given, as many as bound the
            share of missed experts by it, should none be missed.
    """

    episodes: Count = 20


class NearMissSpec(_Table):
    """Near misses of each split; the table must be there for any to be made.

    Attributes:
        episodes: How many episodes; 0 for none.
        scenes: At most so many arrangements that no episode shows, where the family can make
            pictures of them; 0 for none.
    """

    episodes: CountOrNone = 20
    scenes: Annotated[int, Field(ge=0, le=10_000)] = 40


class MetamorphicSpec(_Table):
    """Perturbations, which must not change any verdict; the table must be there.

    It has a key for each perturbation (`synth.perturbations`) besides its own.

    Attributes:
        episodes: Episodes of each split and kind that are also shown perturbed.
    """

    # What else stands here was checked by `_settings`; pydantic keeps it as extra fields.
    model_config = ConfigDict(frozen=True, extra="allow", strict=True)

    episodes: Count = 4

    @model_validator(mode="before")
    @classmethod
    def _settings(cls, content: Any) -> Any:
        """Check the settings of the perturbations, and fill in their defaults."""
        if not isinstance(content, dict):
            return content
        own = {key: content[key] for key in cls.model_fields if key in content}
        given = {key: value for key, value in content.items() if key not in own}
        return own | cls.settings().model_validate(given).model_dump()

    @staticmethod
    def settings() -> type[BaseModel]:
        """The keys of the perturbations, as a table of their own."""
        fields: dict[str, Any] = {p.key: (p.shape, p.default) for p in perturbations()}
        return create_model("Settings", __base__=_Table, **fields)

    def setting(self, key: str) -> Any:
        """What the table says of a perturbation, or its default."""
        return (self.model_extra or {})[key]

    @classmethod
    def known_keys(cls) -> list[str]:
        """All keys that the table may have."""
        return [*cls.model_fields, *(p.key for p in perturbations())]


class SearchSpec(_Table):
    """The search for episodes on which a program is wrong; the table must be there.

    Attributes:
        episodes: How many an audit, or a round of the loop, may try.
    """

    episodes: Count = 200


class LabelsSpec(_Table):
    """Pictures put to eyes (`docs/labels.md`); the table must be there for any to be.

    Attributes:
        frames: How many pictures may be put to eyes, in each split.
    """

    frames: Annotated[int, Field(ge=1, le=1_000)] = 24


class GateSpec(_Table):
    """What a reward must reach (the paper's gates: all experts, at most 10% of random).

    Attributes:
        expert_completion: Share of the expert episodes that must complete.
        random_completion: Share of the random episodes that may complete without success.
        max_miss: The share of missed experts that the held-out episodes must exclude, with
            `certainty`; without it no proof is asked for.
        certainty: Of that proof, and of the bounds that an audit prints; 0.95 by default.
    """

    expert_completion: Share = 1.0
    random_completion: Share = 0.1
    max_miss: Inner | None = None
    certainty: Inner | None = None


class TargetSpec(_Table):
    """How fast a reward must be, sandbox included.

    Attributes:
        microseconds_per_frame: For a frame on its own, sent, judged and answered.
    """

    microseconds_per_frame: Annotated[float, Field(gt=0)] = 60.0


class Spec(_Table):
    """One task.

    Attributes:
        name: The task's name, which is the file's stem.
        env: Gymnasium environment id, or ``module:Id-v0``.
        modules: Imported before the environment is made, as those that register it.
        mission: Where an episode's words come from, or ``None`` where they do not vary.
        goal: The goal in words.
        show_goal: Whether `goal` may be shown to a model.
        max_steps: Steps after which an episode is cut.
        seed: First seed; every episode's seed follows from it.
        render: Handed to the environment's family.
        options: Further keyword arguments of the environment.
        near_miss: Near misses, or ``None`` for none.
        metamorphic: Changes that must not matter, or ``None`` for none.
        search: The search for counterexamples, or ``None`` for none.
        labels: Pictures put to eyes, or ``None`` for none.
    """

    name: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]*$")]
    env: Annotated[str, Field(min_length=1)]
    modules: list[Annotated[str, Field(pattern=r"^\w+(\.\w+)*$")]] = []
    goal: str | None = None
    show_goal: bool = True
    max_steps: Annotated[int, Field(ge=1, le=100_000)] = 200
    seed: Annotated[int, Field(ge=0, le=2**31)] = 0
    success: SuccessSpec = SuccessSpec()
    mission: MissionSpec | None = None
    render: dict[str, Scalar | list[Scalar]] = {}
    options: dict[str, Scalar] = {}
    expert: ExpertSpec
    random: RandomSpec = RandomSpec()
    held_out: HeldOutSpec = HeldOutSpec()
    near_miss: NearMissSpec | None = None
    metamorphic: MetamorphicSpec | None = None
    search: SearchSpec | None = None
    labels: LabelsSpec | None = None
    gate: GateSpec = GateSpec()
    target: TargetSpec = TargetSpec()

    @model_validator(mode="before")
    @classmethod
    def _count_from_certainty(cls, content: Any) -> Any:
        """A spec that asks for a certainty need not say how many episodes that takes."""
        gate, held_out = content.get("gate"), content.get("held_out", {})
        if not isinstance(gate, dict) or not isinstance(held_out, dict) or "episodes" in held_out:
            return content
        rate, certainty = gate.get("max_miss"), gate.get("certainty", CERTAINTY)
        if not (isinstance(rate, float) and isinstance(certainty, float)):
            return content  # nothing is asked for, or it is refused where it stands
        if not (0.0 < rate < 1.0 and 0.0 < certainty < 1.0):
            return content
        needed = episodes_needed(rate, certainty)
        return {**content, "held_out": {**held_out, "episodes": needed}}

    def content(self) -> dict[str, Any]:
        """The spec as tables, as ``task.toml`` holds it.

        Keys that came later (`_LATER`) are left out where they stand at their default, so that
        files and digests made before them stay what they are.
        """
        content = self.model_dump(by_alias=True)
        for table, keys in _LATER.items():
            at, fields = (content, self) if not table else (content[table], getattr(self, table))
            if at is None:  # the spec does not have that table
                continue
            for key in keys:
                if getattr(fields, key) == type(fields).model_fields[key].get_default():
                    del at[key]
        metamorphic = content["metamorphic"] or {}
        for p in perturbations():
            if not p.always_written and metamorphic.get(p.key) == p.default:
                metamorphic.pop(p.key, None)
        return content

    def episode_digest(self) -> str:
        """Digest of everything that decides what is recorded, as 64 hex digits.

        Goal text, gates, targets, the search and labels are left out: changing them leaves
        episodes valid. So is what stands at its default in `content`.
        """
        words = {"name", "goal", "show_goal", "gate", "target", "search", "labels"}
        content = {key: value for key, value in self.content().items() if key not in words}
        for key in ("near_miss", "metamorphic"):
            if content[key] is None:
                del content[key]
        canonical = json.dumps(content, sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(canonical.encode()).hexdigest()


_LATER: dict[str, tuple[str, ...]] = {
    "": ("modules", "success", "mission", "labels"),
    "expert": ("hold", "wrap", "normalize"),
    "random": ("max_steps",),
    "near_miss": ("scenes",),
}
"""Keys that specs have had since after the first rewards were committed, by table."""
