"""A worker's signs of life, beside django-tasks-db's loop, which holds the main thread."""

from __future__ import annotations

import logging
import os
import signal
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import DatabaseError, InterfaceError, connection

from workflow.actions.job import end_lease, renew_lease
from workflow.queries.job import machine_moment

logger = logging.getLogger("workflow.worker")

END_SIGNALS = frozenset({signal.SIGTERM, signal.SIGINT, signal.SIGQUIT})
LAST_WAIT = 3.0
"""Seconds from the second demand to end until the process ends without more ado."""


def renew_until(stop: threading.Event, worker_id: str, host: str, every: float) -> None:
    """Renew the lease every so many seconds on this thread's own connection until told to stop.

    A database that is locked or away is waited for: the lease may run out, which costs at most a second run.
    """
    try:
        while not stop.wait(every):
            try:
                renew_lease(worker_id, host=host, pid=os.getpid(), now_real=machine_moment())
            except (DatabaseError, InterfaceError) as error:
                logger.warning("Chưa gia hạn được tiến trình %s: %s", worker_id, error)
                connection.close()
    finally:
        connection.close()


@contextmanager
def kept_lease(worker_id: str, host: str, every: float) -> Iterator[None]:
    """Hold a worker's lease while the block runs, and give it back after."""
    renew_lease(worker_id, host=host, pid=os.getpid(), now_real=machine_moment())
    stop = threading.Event()
    keeper = threading.Thread(target=renew_until, args=(stop, worker_id, host, every), name="lease", daemon=True)
    keeper.start()
    try:
        yield
    finally:
        stop.set()
        keeper.join(timeout=2)
        # A keeper still held up by the database would write the lease again; then it ends by itself, in its time.
        if not keeper.is_alive():
            try:
                end_lease(worker_id)
            except (DatabaseError, InterfaceError) as error:
                logger.warning("Chưa xóa được hạn của tiến trình %s: %s", worker_id, error)


class EndWatch:
    """Sees the demand to end, whoever handles it, and insists when the running job takes longer than the grace.

    django-tasks-db finishes its job first, however long that takes. After the grace the demand is sent once more,
    which ends the job by SystemExit (its transaction rolls back, and the clock puts it back in the queue); when even
    that does not help, the process ends.
    """

    def __init__(self, grace: float) -> None:
        """Prepare; `grace` in seconds."""
        self.grace = grace
        self.asked = False
        self._former = -1
        self._mouth: socket.socket | None = None

    def start(self) -> None:
        """Listen from now on; called on the main thread, as Python asks."""
        ear, self._mouth = socket.socketpair()
        self._mouth.setblocking(False)
        self._former = signal.set_wakeup_fd(self._mouth.fileno(), warn_on_full_buffer=False)
        threading.Thread(target=self._listen, args=(ear,), name="end-watch", daemon=True).start()

    def stop(self) -> None:
        """Listen no longer: the process ends by itself, or goes on with something else."""
        signal.set_wakeup_fd(self._former)
        if self._mouth is not None:
            self._mouth.close()

    def _listen(self, ear: socket.socket) -> None:
        with ear:
            heard = ear.recv(64)
            while heard and not END_SIGNALS.intersection(heard):
                heard = ear.recv(64)
        if not heard:
            return
        self.asked = True
        time.sleep(self.grace)
        logger.warning("Quá %g giây chưa xong công việc đang chạy: dừng giữa chừng, sẽ chạy lại sau.", self.grace)
        os.kill(os.getpid(), signal.SIGTERM)
        time.sleep(LAST_WAIT)
        os._exit(1)
