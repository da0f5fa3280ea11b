"""`synth export`: recorded episodes as files that others read, and that `synth import` reads.

Below the folder each episode is a folder of PNGs, a video, a GIF or an archive, in ``success`` or
in ``failure``; ``success.csv`` tells success frame by frame. Videos are H.264 without loss. All
episodes go, held-out ones included; truth does not.
"""

from __future__ import annotations

import csv
from fractions import Fraction
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from PIL import Image

from synth.episode.replace import rebuilt_folder
from synth.errors import EnvironmentFault, UsageError
from synth.extras import install

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from numpy.typing import NDArray

    from synth.episode import Episode, EpisodeStore

__all__ = ["FORMATS", "ExportFormat", "export_files", "require_export"]

ExportFormat = Literal["frames", "mp4", "gif", "npz"]
FORMATS: tuple[ExportFormat, ...] = ("frames", "mp4", "gif", "npz")
RATE = 10
"""Pictures a second; a GIF counts in hundredths."""


def export_files(store: EpisodeStore, folder: Path, form: ExportFormat) -> int:
    """Write every episode of a store; gives how many they are.

    Args:
        store: The episodes.
        folder: Made here, whole or not at all; it must not hold anything.
        form: As what.

    Raises:
        UsageError: The folder holds something, or a GIF cannot hold the colours.
        EnvironmentFault: There is no encoder for videos here.
    """
    require_export(folder, form)
    with rebuilt_folder(folder) as fresh:
        _write(store, fresh, form)
    return len(store.episodes)


def require_export(folder: Path, form: ExportFormat) -> None:
    """Check that episodes could be written there, before there are any.

    Raises:
        UsageError: The folder holds something.
        EnvironmentFault: There is no encoder for videos here.
    """
    if folder.is_dir() and any(folder.iterdir()):
        raise UsageError(f"{folder} holds something already; name another folder.")
    if form == "mp4":
        _encoder()


def _write(store: EpisodeStore, folder: Path, form: ExportFormat) -> None:
    """All files of a store, into a folder that need not exist yet."""
    write = _WRITERS[form]
    rows: list[tuple[Any, ...]] = []
    for episode in store.episodes:
        group = "success" if episode.success.any() else "failure"
        name = f"{group}/{episode.id}"
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        write(path, store.frames_of(episode), episode)
        for t, (success, judged) in enumerate(zip(episode.success, episode.judged, strict=True)):
            rows.append((name, t, int(success) if judged else "", episode.mission or ""))
    with (folder / "success.csv").open("w", encoding="utf-8", newline="") as stream:
        table = csv.writer(stream, lineterminator="\n")
        worded = any(row[3] for row in rows)
        table.writerow(("episode", "frame", "success", *(("mission",) if worded else ())))
        table.writerows(row if worded else row[:3] for row in rows)


def _frames(path: Path, frames: NDArray[np.uint8], _episode: Episode) -> None:
    path.mkdir()
    for t, frame in enumerate(frames):
        Image.fromarray(frame).save(path / f"{t:04d}.png")


def _npz(path: Path, frames: NDArray[np.uint8], episode: Episode) -> None:
    np.savez_compressed(
        path.with_name(f"{path.name}.npz"),
        frames=frames,
        success=episode.success,
        judged=episode.judged,
    )


def _gif(path: Path, frames: NDArray[np.uint8], episode: Episode) -> None:
    images = []
    for frame in frames:
        colours, index = np.unique(frame.reshape(-1, 3), axis=0, return_inverse=True)
        if len(colours) > 256:  # noqa: PLR2004 - all that a palette holds
            raise UsageError(
                f"{episode.id} shows more than 256 colours in one picture, which a GIF cannot "
                "hold; export it as frames, mp4 or npz."
            )
        image = Image.fromarray(index.reshape(frame.shape[:2]).astype(np.uint8), mode="P")
        image.putpalette(colours.astype(np.uint8).tobytes())
        images.append(image)
    images[0].save(
        path.with_name(f"{path.name}.gif"),
        save_all=True,
        append_images=images[1:],
        duration=1000 // RATE,
        loop=0,
        optimize=False,
    )


def _encoder() -> Any:
    """The package that makes videos.

    Raises:
        EnvironmentFault: It is not installed.
    """
    try:
        import av  # noqa: PLC0415 - an extra; only videos need it
    except ImportError as error:
        raise EnvironmentFault(
            f"the package 'av' that makes videos is not installed. Run `{install('video')}`, or "
            "export as frames, gif or npz."
        ) from error
    return av


def _mp4(path: Path, frames: NDArray[np.uint8], _episode: Episode) -> None:
    av = _encoder()
    with av.open(str(path.with_name(f"{path.name}.mp4")), "w") as container:
        stream: Any = container.add_stream("libx264rgb", rate=Fraction(RATE))
        stream.height, stream.width = frames.shape[1:3]
        stream.pix_fmt = "rgb24"
        stream.options = {"crf": "0", "preset": "veryfast"}
        for frame in frames:
            container.mux(stream.encode(av.VideoFrame.from_ndarray(frame, format="rgb24")))
        container.mux(stream.encode(None))


_WRITERS: dict[ExportFormat, Callable[[Path, NDArray[np.uint8], Episode], None]] = {
    "frames": _frames,
    "mp4": _mp4,
    "gif": _gif,
    "npz": _npz,
}
