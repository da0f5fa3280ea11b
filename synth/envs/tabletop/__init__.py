"""The tabletop family: pick and place on a table seen from above, with PyBullet (an extra).

Environments of synth's own, in CLIPort's spirit: blocks, discs, bowls, boxes and marks made of
boxes and cylinders. `synth.envs.tabletop.tasks.TASKS` lists them; their ids are
``synth/Tabletop-TITLE-v0``.

Render parameters (``[render]``):
    size: Pixels of each side of a view, 32 to 512; default 128.
    views: ``["top"]``, ``["front"]`` or ``["top", "front"]``, side by side; default the first.

Options (``[options]``):
    colours: ``seen`` or ``unseen``: the palette from which things are coloured.

Success: the mission's goal is reached at this moment; it may be undone. Margins are lengths in
    metres as they show from above, and a pixel is as wide everywhere.

Missions: each table could be given several, where its task names things by colour and shape.

Actions, as JSON values: five numbers from -1 to 1: where the suction cup comes down (x to the
    right, y away), where it lets go, and how far it turns in between; 1 is half a turn. It takes
    what is seen from above at that point, unless that is fixed or something rests on it. Tasks
    that sweep take four: from where to where a plate is pushed.

Episodes: a picture after each move, when all has come to rest. They do not end at success.

Truth: whether any and all things are inside, stacked, placed or aligned, as the goal has parts.

Each reset makes a physics server of its own, and moves take a fixed number of steps: the same
seed and actions give the same bytes. Importing this folder needs no PyBullet; making an
environment does.
"""

from __future__ import annotations

from synth.envs.tabletop.family import FAMILY, TabletopFamily
from synth.envs.tabletop.oracle import oracle

__all__ = ["FAMILY", "TabletopFamily", "oracle"]
