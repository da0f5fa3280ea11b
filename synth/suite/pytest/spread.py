"""How audits are spread over the workers of pytest-xdist: a task's verdicts are computed once.

All tests of a task look verdicts up that cost seconds to compute. Dealt out test by test, as
xdist does by default, each worker would compute all of them. So a task's tests stay together, but
for the search where there is one, which needs none of the verdicts and takes as long as all the
rest. Other files of such a session stay together as well, with whatever their fixtures have made.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from xdist.scheduler import LoadScopeScheduling

if TYPE_CHECKING:
    from pathlib import Path

    import pytest
    from xdist.remote import Producer

__all__ = ["SEARCHING", "AuditScheduling", "holds_audits"]

SEARCHING = frozenset(
    {"test_search_no_lie_is_found", "test_necessity_no_success_is_found_that_skips"}
)
"""The tests that wait for the search."""


class AuditScheduling(LoadScopeScheduling):  # type: ignore[misc]  # xdist exports it untyped
    """Gives each worker whole files, and the search of an audit apart.

    Args:
        config: pytest's.
        log: Where xdist logs.
    """

    def __init__(self, config: pytest.Config, log: Producer | None = None) -> None:
        super().__init__(config, log)
        self._root = config.rootpath
        self._searched: str | None = config.getoption("--reward-search")

    def _assign_work_unit(self, node: Any) -> None:
        # Files of few tests first: theirs are the long ones, and the many short ones of an audit
        # fill what is left at the end.
        fewest = min(self.workqueue, key=lambda scope: len(self.workqueue[scope]))
        self.workqueue.move_to_end(fewest, last=False)
        super()._assign_work_unit(node)

    def _split_scope(self, nodeid: str) -> str:
        file, _, test = nodeid.partition("::")
        path = self._root / file
        searches = test in SEARCHING and path.with_name("task.toml").exists()
        if searches and self._searched is not None:
            searches = path.parent.name in self._searched.split(",")
        return f"{file}::search" if searches else file


def holds_audits(paths: list[str], base: Path) -> bool:
    """Whether any of the paths given to pytest is a task's folder, or holds some.

    Args:
        paths: As given, node ids included.
        base: To which they are relative.
    """
    for given in paths:
        path = base / given.partition("::")[0]
        folder = path.parent if path.is_file() else path
        if (folder / "task.toml").exists() or any(folder.glob("*/task.toml")):
            return True
    return False
