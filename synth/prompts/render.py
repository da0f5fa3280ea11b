"""Requests in words: one Jinja template per kind of request, kept as files.

Rendering is pure: the same request always gives the same prompt. It refuses whatever is
held out. It is the same for every
provider.
"""

from __future__ import annotations

import hashlib
import re
from functools import cache
from typing import TYPE_CHECKING, Any

from jinja2 import (
    ChoiceLoader,
    Environment,
    FileSystemLoader,
    PackageLoader,
    StrictUndefined,
    TemplateError,
)

from synth.errors import ProgramSyntaxError, UsageError
from synth.program.parse import parse_tree
from synth.prompts.answers import plan_schema
from synth.prompts.beside import is_wide
from synth.prompts.label_answers import label_schema
from synth.prompts.library import allow_list, vision_library
from synth.prompts.prompt import PicturePart, Prompt, TextPart
from synth.prompts.requests import (
    DescribeRequest,
    FasterRequest,
    LabelRequest,
    RefineRequest,
    WriteRequest,
)
from synth.prompts.view import Marker, Viewer

if TYPE_CHECKING:
    from pathlib import Path

    from synth.plan import Plan
    from synth.prompts.requests import FailureReport, Request, Shot

__all__ = [
    "PicturePart",
    "Prompt",
    "TextPart",
    "render",
    "require_readable",
    "templates_digest",
]

_MARKED = re.compile("\0([^\0]*)\0")


def render(request: Request) -> Prompt:
    """Put a request into words and pictures.

    Args:
        request: Of any of the five kinds.

    Returns:
        The prompt; it carries a schema where the answer is a plan, or answers about pictures.

    Raises:
        UsageError: The request carries something held out (a `ValueError`), or a picture
            that is none.
    """
    _refuse_held_out(request)
    viewer = Viewer()
    words = _words(request, viewer)
    system = _filled(
        "system",
        request.prompts,
        kind=request.kind,
        missions=request.missions,
        measured=request.measured,
        allowed=allow_list(),
        library=vision_library(),
    )
    body = _filled(
        request.kind,
        request.prompts,
        goal=request.goal,
        missions=request.missions,
        picture_notes=request.picture_notes,
        **words,
    )
    return Prompt(
        _clean(system).strip(),
        _parts(body.strip() + "\n", viewer.shots),
        _schema(request),
    )


def _schema(request: Request) -> dict[str, Any] | None:
    if isinstance(request, DescribeRequest):
        return plan_schema()
    return label_schema() if isinstance(request, LabelRequest) else None


@cache
def templates_digest(prompts: Path | None = None) -> str:
    """Digest of all that prompts are made from but the requests, as 64 hex digits.

    Args:
        prompts: Folder of templates that take the place of synth's own.

    Raises:
        UsageError: It holds none.
    """
    environment = _environment(prompts)
    loader = environment.loader
    sha = hashlib.sha256(f"{allow_list()}\0{vision_library()}".encode())
    for name in sorted(environment.list_templates(extensions=["j2"])):
        if loader is not None:
            sha.update(f"\0{name}\0{loader.get_source(environment, name)[0]}".encode())
    return sha.hexdigest()


def _words(request: Request, viewer: Viewer) -> dict[str, Any]:
    """What the template of the request's kind asks for."""
    match request:
        case DescribeRequest():
            previous = request.previous.model_dump_json(indent=2) if request.previous else ""
            return {
                "demonstrations": viewer.demonstrations(request.demonstrations),
                "groups": viewer.reports(request.reports),
                "previous": previous,
                "remarks": request.remarks,
            }
        case WriteRequest():
            return {
                "plan": request.plan,
                "demonstrations": viewer.demonstrations(request.demonstrations),
                "subtasks": _subtasks(request.plan),
                "invariances": request.invariances,
                "changes": viewer.changes(request.changes),
                "target": _number(request.target_microseconds),
            }
        case RefineRequest():
            return {
                "plan": request.plan,
                "program": _fenced(request.source),
                "parses": _parses(request.source),
                "demonstrations": viewer.demonstrations(request.demonstrations),
                "groups": viewer.reports(request.reports, computed=True),
                "notes": request.notes,
                "history": request.history,
                "earlier": tuple(c.failure.message for c in request.earlier),
                "remarks": request.remarks,
                "subtasks": _subtasks(request.plan),
                "invariances": request.invariances,
                "changes": viewer.changes(request.changes),
                "target": _number(request.target_microseconds),
            }
        case FasterRequest():
            return {
                "plan": request.plan,
                "program": _fenced(request.source),
                "profile": request.profile,
                "hand_over": request.hand_over,
                "changes": (),
                "measured": _number(request.microseconds),
                "invariances": request.invariances,
                "target": _number(request.target_microseconds),
                "shots": viewer.pictures(request.example),
                "notes": request.notes,
            }
        case LabelRequest():
            wide = is_wide(request.pictures[0].frame)
            shown = viewer.sights(request)
            return {
                "plan": request.plan,
                "pictures": shown,
                "first_side": "above" if wide else "on the left",
                "second_side": "below" if wide else "on the right",
                "problem": request.problem,
                "questions": sum(len(picture.subtasks) for picture in request.pictures),
                "example": request.pictures[0].subtasks[0],
            }
    raise UsageError(f"there is no template for a {type(request).__name__}.")


def _refuse_held_out(request: Request) -> None:
    reports: tuple[FailureReport, ...] = getattr(request, "reports", ())
    reports += getattr(request, "earlier", ())
    named = [c.failure.test for c in reports if c.failure.held_out]
    named += [c.failure.test for c in reports if (c.failure.episode or "").startswith("held-")]
    named += [shot.name for shot in request.shots if shot.name.startswith("held-")]
    if named:
        raise UsageError(
            f"{request.key}: {named[0]!r} is held out and must not reach a model; "
            "ask with failures and pictures of the visible split only."
        )


def _parts(body: str, shots: dict[str, Shot]) -> tuple[TextPart | PicturePart, ...]:
    parts: list[TextPart | PicturePart] = []
    # With one group in the pattern, every second piece is a picture's name.
    for k, piece in enumerate(_MARKED.split(body)):
        if k % 2:
            shot = shots[piece]
            parts.append(PicturePart(shot.name, _clean(shot.caption), shot.frame))
        elif piece:
            parts.append(TextPart(piece))
    return tuple(parts)


def _subtasks(plan: Plan) -> str:
    stages = (
        stage[0] if len(stage) == 1 else f"({', '.join(stage)})" for stage in plan.stage_names
    )
    return f"SUBTASKS = [{', '.join(stages)}]"


def _fenced(source: str) -> str:
    longest = max((len(run) for run in re.findall("`+", source)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}python\n{source.rstrip()}\n{fence}"


def _parses(source: str) -> bool:
    try:
        parse_tree(source)
    except ProgramSyntaxError:
        return False
    return True


def _number(value: float) -> str:
    return f"{value:.3g}"


@cache
def _environment(prompts: Path | None) -> Environment:
    own = PackageLoader("synth.prompts", "templates")
    names = own.list_templates()
    if prompts is not None and not any((prompts / name).is_file() for name in names):
        raise UsageError(
            f"{prompts}: holds no template of prompts; copy one of synth/prompts/templates "
            f"there and change it: {', '.join(names)}."
        )
    return Environment(
        # What a folder leaves out is asked in synth's own words.
        loader=own if prompts is None else ChoiceLoader([FileSystemLoader(prompts), own]),
        undefined=StrictUndefined,
        finalize=_finalize,
        autoescape=False,  # noqa: S701 - prompts are not HTML
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )


def require_readable(prompts: Path) -> None:
    """Read every template of a folder.

    Raises:
        UsageError: There is none, or one that no prompt is made from: a slip of its name.
        TemplateSyntaxError: One is not well written.
    """
    environment, own = _environment(prompts), PackageLoader("synth.prompts", "templates")
    strange = {path.name for path in prompts.glob("*.j2")} - set(own.list_templates())
    if strange:
        raise UsageError(
            f"{prompts / min(strange)}: no prompt is made from it; templates are called "
            f"{', '.join(own.list_templates())}."
        )
    for name in environment.list_templates(extensions=["j2"]):
        environment.get_template(name)


def _filled(name: str, prompts: Path | None, **words: Any) -> str:
    """A template with its words.

    Raises:
        UsageError: A template of the user's asks for something that there is not.
    """
    try:
        return _environment(prompts).get_template(f"{name}.md.j2").render(**words)
    except TemplateError as error:
        if prompts is None:
            raise
        raise UsageError(f"{prompts}: {name}.md.j2 cannot be filled in: {error}.") from error


def _finalize(value: Any) -> Any:
    return _clean(value) if isinstance(value, str) and not isinstance(value, Marker) else value


def _clean(text: str) -> str:
    """Text that can be sent: no NUL, which marks pictures, and no lone surrogates."""
    return text.replace("\0", "\ufffd").encode("utf-8", "replace").decode("utf-8")
