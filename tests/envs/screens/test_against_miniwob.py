"""Against MiniWoB++'s own environment, driven by Selenium: the problems are the same."""

from __future__ import annotations

import shutil

import gymnasium
import pytest

from tests.envs.screens.conftest import needs_browser, needs_miniwob, screen

pytestmark = [
    needs_browser,
    needs_miniwob,
    pytest.mark.slow,
    pytest.mark.skipif(
        shutil.which("chromedriver") is None,
        reason="chromedriver is not installed (Debian's package chromium-driver)",
    ),
]


@pytest.mark.parametrize("task", ["click-color", "click-shades", "focus-text-2", "click-tab"])
def test_a_seed_is_miniwobs_own_problem(task: str) -> None:
    """The same seed asks for the same thing, and lays out the same elements at the same places."""
    import miniwob  # noqa: F401, PLC0415 - importing it registers its ids

    theirs = gymnasium.make(f"miniwob/{task}-v1", disable_env_checker=True)
    ours = screen(task)
    places = """[...document.querySelectorAll("#area *")].map((one) => {
        const box = one.getBoundingClientRect();
        return [one.tagName, one.dataset.color ?? one.textContent, box.left, box.top];
    })"""
    try:
        for seed in range(3):
            observation, _ = theirs.reset(seed=seed)
            ours.begin(seed)
            assert observation["utterance"] == ours.mission
            driver = theirs.unwrapped.instance.driver
            assert driver.execute_script(f"return {places}") == ours._tab.run(places)
    finally:
        theirs.close()
