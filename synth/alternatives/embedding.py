"""Pictures and words in one space: models of the CLIP family, through transformers.

It needs the ``clip`` extra. Whatever `transformers.AutoModel` loads that has features of pictures
and of text will do (CLIP, SigLIP, ...), from a local folder or by its name on the hub.
"""

from __future__ import annotations

from collections import OrderedDict
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from synth.episode import frame_digest
from synth.errors import UsageError
from synth.extras import install

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Sequence

    from numpy.typing import NDArray

__all__ = ["Embedder", "RememberedEmbedder", "load_embedder"]

BATCH = 64
"""Pictures that go through the model at a time."""

REMEMBERED = 50_000
"""Embeddings that are kept: a hundred megabytes of a model with 512 numbers to each."""


class Embedder(Protocol):
    """Embeds pictures and words as unit vectors of D numbers, so that a product is a cosine."""

    def pictures(self, frames: Sequence[NDArray[np.uint8]]) -> NDArray[np.float32]:
        """``float32[N, D]`` of N pictures ``uint8[H, W, 3]``."""
        ...

    def texts(self, words: Sequence[str]) -> NDArray[np.float32]:
        """``float32[M, D]`` of M texts."""
        ...


class TransformersEmbedder:
    """A model of transformers.

    Args:
        model: Gives features of pictures and of text.
        processor: Makes its input.
    """

    def __init__(self, model: Any, processor: Any) -> None:
        self._model, self._processor = model.eval(), processor

    def pictures(self, frames: Sequence[NDArray[np.uint8]]) -> NDArray[np.float32]:
        """See `Embedder`."""
        given = self._processor(
            images=list(frames), return_tensors="pt", input_data_format="channels_last"
        )
        return self._unit(self._model.get_image_features, pixel_values=given["pixel_values"])

    def texts(self, words: Sequence[str]) -> NDArray[np.float32]:
        """See `Embedder`; texts that are too long are cut."""
        # To the full length, since SigLIP was trained so and CLIP does not mind.
        given = self._processor(
            text=list(words), return_tensors="pt", padding="max_length", truncation=True
        )
        return self._unit(self._model.get_text_features, **given)

    def _unit(self, features: Callable[..., Any], **given: Any) -> NDArray[np.float32]:
        import torch  # noqa: PLC0415 - an extra

        with torch.inference_mode():
            made = features(**given)
        # transformers 5 gives all outputs of the tower, earlier ones the features alone.
        made = getattr(made, "pooler_output", made)
        vectors = np.asarray(made.float().cpu(), np.float32)
        unit: NDArray[np.float32] = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
        return unit


class RememberedEmbedder:
    """An embedder that embeds nothing twice, as far as it remembers.

    Args:
        embedder: Embeds.
    """

    def __init__(self, embedder: Embedder) -> None:
        self._embedder = embedder
        self._pictures: OrderedDict[Hashable, NDArray[np.float32]] = OrderedDict()
        self._texts: OrderedDict[Hashable, NDArray[np.float32]] = OrderedDict()

    def pictures(self, frames: Sequence[NDArray[np.uint8]]) -> NDArray[np.float32]:
        """See `Embedder`; pictures of different sizes may come together."""
        keys = [(frame.shape, frame_digest(frame)) for frame in frames]
        return _remembering(self._pictures, keys, frames, self._embedder.pictures)

    def texts(self, words: Sequence[str]) -> NDArray[np.float32]:
        """See `Embedder`."""
        return _remembering(self._texts, list(words), words, self._embedder.texts)


def load_embedder(name: str) -> Embedder:
    """Load a model.

    Args:
        name: A local folder, or a name on the hub.

    Raises:
        UsageError: transformers is missing, there is no such model, or it is of another kind.
    """
    try:
        from transformers import AutoModel, AutoProcessor  # noqa: PLC0415 - an extra
        from transformers.utils import logging  # noqa: PLC0415 - an extra
    except ModuleNotFoundError as error:
        raise UsageError(
            f"clip:{name} needs the package {error.name!r}, which is not installed. "
            f"Run `{install('clip')}`."
        ) from error
    # Typed or not, as the installed version has it.
    quiet: Any = logging
    quiet.disable_progress_bar()  # it would write over synth's own
    loaders: tuple[Any, Any] = (AutoModel, AutoProcessor)
    try:
        model, processor = (loader.from_pretrained(name) for loader in loaders)
    except (OSError, ValueError) as error:
        said = " ".join(str(error).split())[:300]
        raise UsageError(
            f"clip:{name} cannot be loaded ({said}); give a local folder with a model of the CLIP "
            "family as transformers keeps it, or its name on the hub."
        ) from error
    if not (hasattr(model, "get_image_features") and hasattr(model, "get_text_features")):
        raise UsageError(
            f"clip:{name} is a {type(model).__name__}, which does not put pictures and words in "
            "one space; give a model of the CLIP family."
        )
    return TransformersEmbedder(model, processor)


def _remembering(
    known: OrderedDict[Hashable, NDArray[np.float32]],
    keys: Sequence[Hashable],
    things: Sequence[Any],
    embed: Callable[[Sequence[Any]], NDArray[np.float32]],
) -> NDArray[np.float32]:
    """Embeddings of things, those of unknown ones made in batches; the oldest are forgotten."""
    fresh = list({key: n for n, key in enumerate(keys) if key not in known}.items())
    for at in range(0, len(fresh), BATCH):
        some = fresh[at : at + BATCH]
        made = embed([things[n] for _, n in some])
        known.update(zip((key for key, _ in some), made, strict=True))
    rows = []
    for key in keys:
        known.move_to_end(key)
        rows.append(known[key])
    while len(known) > REMEMBERED:
        known.popitem(last=False)
    return np.stack(rows)
