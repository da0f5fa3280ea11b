"""What a model is sent: text and pictures in order.

Providers turn a `Prompt` into their own wire format. It is the same type for every
request; `synth.prompts.render` makes it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from synth.prompts.pictures import encode_png

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy as np
    from numpy.typing import NDArray

__all__ = ["PicturePart", "Prompt", "TextPart"]


@dataclass(frozen=True, slots=True)
class TextPart:
    """A stretch of text.

    Attributes:
        text: Markdown.
    """

    text: str


@dataclass(frozen=True, eq=False, slots=True)
class PicturePart:
    """A picture, where it comes in the text.

    Attributes:
        name: File-safe and unique within the prompt.
        caption: What the picture is, in words.
        frame: ``uint8[H, W, 3]``, true size.
    """

    name: str
    caption: str
    frame: NDArray[np.uint8]

    @property
    def png(self) -> bytes:
        """The picture as it is sent, enlarged; the same frame gives the same bytes."""
        return encode_png(self.frame)

    @property
    def reference(self) -> str:
        """How the picture appears in a text without pictures."""
        return f"[picture: {self.name}]"


@dataclass(frozen=True, eq=False, slots=True)
class Prompt:
    """One request in words and pictures.

    Attributes:
        system: The standing instructions.
        parts: Text and pictures in the order in which they are read.
        schema: JSON schema of the answer, or ``None`` where the answer is free text.
    """

    system: str
    parts: tuple[TextPart | PicturePart, ...]
    schema: Mapping[str, Any] | None = None

    @property
    def text(self) -> str:
        """The whole prompt, system included, each picture as a reference by name."""
        body = "".join(
            part.text if isinstance(part, TextPart) else part.reference for part in self.parts
        )
        return f"{self.system}\n\n{body}"

    @property
    def pictures(self) -> tuple[PicturePart, ...]:
        """The pictures in order; each name comes once."""
        return tuple(part for part in self.parts if isinstance(part, PicturePart))
