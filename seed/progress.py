"""A bar that shows how the writing of a world goes, with people a second. Knows nothing of the world."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, ProgressColumn, Task, TextColumn, TimeRemainingColumn
from rich.progress import Progress as Bar
from rich.text import Text

from seed.world import Progress


class _Rate(ProgressColumn):
    def render(self, task: Task) -> Text:
        # Rich's own speed needs two steps, and a small world is written in one.
        return Text(f"{task.completed / (task.elapsed or 1):,.0f} people/s")


@contextmanager
def shown(console: Console) -> Iterator[Callable[[Progress], None]]:
    """What to hand to `seed.world.write` as its `progress` while the bar stands on this console."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), _Rate(), TimeRemainingColumn())
    with Bar(*columns, console=console) as bar:
        # Not seen before the first step: a world that is refused has no progress to show.
        task = bar.add_task("Writing people", total=None, visible=False)

        def show(progress: Progress) -> None:
            words = "Making indexes" if progress.is_indexing else "Writing people"
            bar.update(task, description=words, completed=progress.people, total=progress.of, visible=True)

        yield show
