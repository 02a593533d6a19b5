"""Progress bar for writing a world, with people per second."""

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
        # Rich's own rate needs two steps, and a small world is written in one.
        return Text(f"{task.completed / (task.elapsed or 1):,.0f} people/s")


@contextmanager
def progress_bar(console: Console) -> Iterator[Callable[[Progress], None]]:
    """A `progress` callback for `seed.world.write` that draws a bar on this console."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), _Rate(), TimeRemainingColumn())
    with Bar(*columns, console=console) as bar:
        # Hidden until the first step: a refused world shows no bar.
        task = bar.add_task("Writing people", total=None, visible=False)

        def show(progress: Progress) -> None:
            bar.update(task, description=progress.work, completed=progress.people, total=progress.of, visible=True)

        yield show
