"""How to install what a part of synth needs besides.

The name `synth` belongs to somebody else on PyPI, so an extra is installed from wherever synth
itself came from, which pip has written down (PEP 610).
"""

from __future__ import annotations

import json
from importlib.metadata import PackageNotFoundError, distribution
from urllib.parse import unquote, urlsplit

__all__ = ["install"]


def install(extra: str) -> str:
    """The command that brings an extra, to be typed as it is.

    >>> install("train")  # of a clone in /home/me/synth
    'pip install -e "/home/me/synth[train]"'

    Args:
        extra: As pyproject.toml names it; several with commas between.
    """
    try:
        told = distribution("synth").read_text("direct_url.json")
    except PackageNotFoundError:
        told = None  # a folder on the path, which nobody has installed
    origin = json.loads(told) if told else {}
    url = str(origin.get("url", ""))
    if "vcs_info" in origin:
        return f'pip install "synth[{extra}] @ {origin["vcs_info"]["vcs"]}+{url}"'
    if "dir_info" in origin:
        editable = "-e " if origin["dir_info"].get("editable") else ""
        return f'pip install {editable}"{unquote(urlsplit(url).path)}[{extra}]"'
    if url:  # a wheel or an archive
        return f'pip install "synth[{extra}] @ {url}"'
    return f'pip install -e ".[{extra}]"'
