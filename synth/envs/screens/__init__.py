"""The family of screens: pages that are tapped and typed into, in a headless Chromium.

MiniWoB++'s pages (ids ``miniwob/TASK-v1``, the extra ``screens``), a phone of synth's own
(``screens/Phone-v0``), and tasks of AndroidEnv (``screens/Android-v0``, the extra ``android``).

Render parameters (``[render]``): none; a screen is recorded as it is.

Options (``[options]``):
    grid: MiniWoB's pages: side of the squares that can be clicked, in pixels; default 10.
    pages, folders, hidden, where, words: the phone's layout and what is asked for; see
        `synth.envs.screens.phone.environment.PhoneEnv`.
    task, avd_name, sdk_root, ...: those of
        `synth.envs.screens.android.settings.AndroidSettings`.

Success: MiniWoB's pages: the page ends the episode with its full reward. The phone: the app
    that is asked for is open at this moment; it may be left again. AndroidEnv: the task's own
    rewards add up to ``enough``.

Missions: the words of MiniWoB's page, which are cut off the picture; the phone's ``open Clock``.
    A layout is given another mission where it has one: on MiniWoB's pages by making the problem
    anew with another random number where its words are drawn.

Actions, as JSON values: whole numbers: first the squares of a grid, row by row, each a tap in
    its middle; then gestures: a swipe, or a name typed.

Episodes: those of MiniWoB's pages end where the page ends them, and the picture of that moment
    is the page as it stood. A page's clock stands between actions, and each click of the phone
    and of MiniWoB's pages finds it where the last one left it.

Truth: MiniWoB's pages: whether the page has ended the episode. The phone: what is open.

A page draws nothing by itself (`pages/still.js`): the same seed and actions give the same bytes,
with the same Chromium and fonts. Importing this folder needs neither browser nor package; making
an environment does. One browser serves all screens of a process, and ends with it.
"""

from __future__ import annotations

import gymnasium

from synth.envs.screens.experts import expert
from synth.envs.screens.family import FAMILY, ScreensFamily

for _id, _class in (
    ("screens/Phone-v0", "phone.environment:PhoneEnv"),
    ("screens/Android-v0", "android.environment:AndroidTaskEnv"),
):
    if _id not in gymnasium.registry:  # imported anew, as tests do
        gymnasium.register(_id, entry_point=f"synth.envs.screens.{_class}")

__all__ = ["FAMILY", "ScreensFamily", "expert"]
