"""The Panda family: a robot arm over a table, as in https://panda-gym.readthedocs.io.

Environments: Reach, Push, Slide, PickAndPlace and Stack, steered by the hand
(``PandaPush-v3``) or by the joints (``PandaPushJoints-v3``). PandaFlip is left out: its
package lacks the texture.

Render parameters (``[render]``):
    size: Pixels of a view's side, 32 to 512; default 128.
    views: Yaw and pitch of the cameras, in degrees; default ``["45/-40", "180/-40"]``. The
        picture shows the views side by side, so it is ``size`` high and as many times as wide.
    distance: Of the cameras from the middle of the scene, in metres; the default is the task's.

    The arm is drawn with its collision meshes, at a tenth of the cost of its visual ones; the
    physics is the same to the bit. A target, which the package draws in the colour of its
    object, has a colour of its own here and is a touch smaller: where the two meet the object
    is in front. There are no shadows.

Options (``[options]``): further keyword arguments of the task, such as
    ``distance_threshold``, ``goal_xy_range`` or ``obj_xy_range``. ``distractors``, as in
    ``"blue cube, green ball"``, puts more things on the table; the task is not about them.

Success: the distance that the task measures is below its threshold: of the hand from the
    target (Reach), of the object (Push, Slide, PickAndPlace), or of both cubes together from
    theirs (Stack). An episode goes on after it. The margin is the threshold less that
    distance, in metres.

Actions, as JSON values: a list of numbers from -1 to 1. Three for the hand's way along x, y
    and z, or seven for the joints, and one more for the fingers where they can be opened.

Episodes: the world is built anew at each reset, since neither a reset nor a saved state of the
    physics engine gives the same bytes after contacts.

Truth: ``hand_at_*``, ``*_moved``, ``*_lifted``, ``*_held`` and ``*_placed`` of the objects.

Importing this module needs no simulator; making an environment does.
"""

from __future__ import annotations

from synth.envs.panda.experts import expert
from synth.envs.panda.family import FAMILY, PandaFamily

__all__ = ["FAMILY", "PandaFamily", "expert"]
