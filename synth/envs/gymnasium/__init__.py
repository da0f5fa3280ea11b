"""Any Gymnasium environment that renders RGB arrays, where no other family knows it better.

Environments: every id registered with Gymnasium, and ``module:Id-v0``, whose module is
imported first, as are the spec's ``modules``.

Render parameters (``[render]``):
    size: Most pixels of the longer side; the other follows. A smaller picture stays as it is.
    width, height: Pixels of each side instead, for pictures that may be stretched.
    crop: ``[left, top, right, bottom]`` in the environment's own pixels, cut out first.

    A picture is resized by area, in whole numbers: the same on every machine.

Options (``[options]``): further keyword arguments of the environment. A value written
``"seed -> module:function"`` is made for every episode: the function is called with the
episode's seed and the environment is made anew with what it returns. So a spec gives a
random map to each seed::

    [options]
    desc = "seed -> synth.envs.gymnasium.maps:frozen_lake"

Success (``[success] when``), required: see `synth.envs.gymnasium.success`. Where success is
    a threshold that pictures cannot show to the last digit, ``margin`` and ``pixel`` keep
    frames at its very edge from being judged: see `synth.envs.gymnasium.margins`.

Actions, as JSON values: ``Discrete`` a whole number, ``Box`` lists of numbers,
``MultiDiscrete`` and ``MultiBinary`` lists of whole numbers, ``Tuple`` a list of these.

Episodes: the spec's ``max_steps`` takes the place of the step limit that the environment is
registered with. ``done`` is Gymnasium's terminated or truncated.

Truth: none; the family knows no state.
"""

from __future__ import annotations

from synth.envs.gymnasium.family import FAMILY, GymnasiumFamily

__all__ = ["FAMILY", "GymnasiumFamily"]
