"""Where processes come from: the zygote, kept alive, and its children."""

from __future__ import annotations

import asyncio
import logging
import os
import pickle
import shutil
import socket
import subprocess
import sys
from typing import TYPE_CHECKING, Final

from service.query_process import Limits
from service.scratch import take_temporary
from service.worker import Worker
from service.zygote import ENDED, LOCKED

if TYPE_CHECKING:
    from collections.abc import Callable

    from service.settings import Settings

_log = logging.getLogger(__name__)

_SPOOL: Final = "coorbit-spool-"
_MEGABYTE: Final = 1_000_000


class Nursery:
    """The zygote and the processes that it has forked.

    Args:
        settings: for the limits that each process gets.
        on_loss: called when a process has ended, for whatever reason.
    """

    def __init__(self, settings: Settings, on_loss: Callable[[Worker], None]) -> None:
        self._on_loss = on_loss
        self._children: dict[int, Worker] = {}
        self._spool = take_temporary(_SPOOL)
        self._limits = Limits(
            memory_bytes=settings.query_memory_mb * _MEGABYTE,
            buffer_bytes=settings.buffer_mb * _MEGABYTE,
            spool_bytes=settings.spool_mb * _MEGABYTE,
            spool_dir=self._spool,
        )
        self._control: socket.socket | None = None
        self._zygote: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start the zygote. Call it from the main thread: the kernel ends the zygote with the thread that made it."""
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        command = [sys.executable, "-P", "-c", "from service.zygote import main; main()"]
        arguments = [str(theirs.fileno()), str(os.getpid()), pickle.dumps(self._limits).hex()]
        with theirs:
            self._zygote = subprocess.Popen([*command, *arguments], pass_fds=[theirs.fileno()])  # noqa: S603  (our own)
        ours.settimeout(0)
        self._control = ours
        asyncio.get_running_loop().add_reader(ours, self._read_control)

    async def fork(self, order: bytes) -> Worker:
        """Have a process forked; return it once it can take a job.

        Raises:
            OSError: there is no zygote, or the process ended at once.
        """
        if self._control is None:
            message = "the pool is closed"
            raise OSError(message)
        ours, theirs = socket.socketpair()
        with theirs:
            socket.send_fds(self._control, [order], [theirs.fileno()])
        _, worker = await asyncio.get_running_loop().create_connection(
            lambda: Worker(self._lost, reusable=order == LOCKED), sock=ours
        )
        try:
            await worker.ready()
        except BaseException:
            worker.kill()  # nobody will have it: it ends with its connection
            raise
        self._children[worker.process_id] = worker
        return worker

    def close(self) -> None:
        """End the zygote and all its children."""
        for worker in list(self._children.values()):
            worker.kill()
        self._end_zygote()
        shutil.rmtree(self._spool, ignore_errors=True)

    def _end_zygote(self) -> None:
        if self._control is not None:
            asyncio.get_running_loop().remove_reader(self._control)
            self._control.close()
            self._control = None
        if self._zygote is not None:
            self._zygote.kill()
            self._zygote.wait()
            self._zygote = None

    def _read_control(self) -> None:
        """Take reports of ended children; at the end of the zygote itself start another."""
        if self._control is None:
            return
        try:
            while report := self._control.recv(ENDED.size):
                process_id, status = ENDED.unpack(report)
                if (worker := self._children.get(process_id)) is not None:
                    worker.ended(status)
        except BlockingIOError:
            return
        except ConnectionError:
            pass  # it has ended with orders unread, and nothing will be told of it a second time
        _log.warning("the zygote has ended: starting another")
        self._end_zygote()
        self.start()

    def _lost(self, worker: Worker) -> None:
        self._children.pop(worker.process_id, None)
        self._on_loss(worker)
