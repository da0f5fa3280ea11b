"""The rooms family: MiniWorld's 3D rooms (https://miniworld.farama.org), and some of synth's own.

Environments: ids ``MiniWorld-...``; synth's own, ``Rooms-Find-v0``, ``Rooms-Lift-v0`` and
``Rooms-PutNext-v0`` (`synth.envs.rooms.worlds`), whose missions name a thing by colour and
shape; and every other class that derives from `miniworld.miniworld.MiniWorldEnv`.

Render parameters (``[render]``):
    size: Pixels of each side of each view, 32 to 512; default 128.
    views: ``["map", "eyes"]`` by default: the room from above, and as the agent sees it, side by
        side in one picture, ``size`` high. A carried thing can be told from one that lies on the
        floor by the eyes alone, and what is behind the agent by the map alone.
    pitch: Degrees by which the eyes look up; default -20, so that things near the feet show.
    textures: Whether surfaces have MiniWorld's textures; default false, which paints each in the
        mean colour of its texture and makes frames a tenth as large.

Options (``[options]``): further keyword arguments of the environment, such as ``size``; and
    ``forward_step`` in metres and ``turn_step`` in degrees, which MiniWorld keeps elsewhere.

Success: being near a thing, carrying it, or having put it near another, where the family knows
    what is asked for (`synth.envs.rooms.errands`). It may come and go, and the episode goes on.
    Elsewhere the environment terminates with a reward above zero. Nearness has a margin in
    metres, and a pixel of the map is its resolution.

Drawing needs OpenGL without a window (EGL), which Mesa does in software. Pictures are equal to
the byte on one machine; another one's driver may smooth edges otherwise. Importing this module
needs neither.
"""

from __future__ import annotations

from synth.envs.rooms.experts import walker
from synth.envs.rooms.family import FAMILY, RoomsFamily

__all__ = ["FAMILY", "RoomsFamily", "walker"]
