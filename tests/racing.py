"""Real threads at the same moment, each on a connection of its own."""

from __future__ import annotations

import threading
from collections.abc import Callable

from django.db import connections

from tests.factories import carried

Job = Callable[[], object]


def race(*jobs: Job) -> list[object]:
    """Run the jobs at the same moment, each on its own connection; return what each returned or raised."""
    outcomes: list[object] = [None] * len(jobs)
    start = threading.Barrier(len(jobs))
    jobs = tuple(carried(job) for job in jobs)

    def run(place: int) -> None:
        try:
            start.wait(timeout=20)
            outcomes[place] = jobs[place]()
        except Exception as error:  # noqa: BLE001 -- handed to the test
            outcomes[place] = error
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(place,)) for place in range(len(jobs))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert not any(thread.is_alive() for thread in threads), "một luồng còn kẹt khóa"
    return outcomes
