"""The process that forks the others: it has imported the engine and opened nothing.

A fork of it takes about 20 ms where a fresh interpreter takes 100 to 500; it never has threads, so forking it is safe.
It tells its parent how each child ended, and ends with its parent. The standard library's forkserver would import the
command's main module, and with it the web framework, into every child.
"""

from __future__ import annotations

import contextlib
import os
import pickle
import select
import signal
import socket
import struct
import sys
from typing import Final

from service.entity.answer import PAGES
from service.explore.answer import PAGES as PICTURES
from service.query_process import Limits, run, run_write
from service.rendering import compile_ahead
from service.sandbox import die_with_parent

LOCKED: Final = b"L"  # a child that answers queries and cannot open sockets
OPEN: Final = b"O"  # one that can, for a SERVICE that the operator allows
WRITER: Final = b"W"  # one that makes a single write, or checks a posted graph
ENDED: Final = struct.Struct(">Ii")  # process id, wait status
_SIGNALS: Final = 4096  # that are taken from the pipe at once: one will do, since all that have ended are looked for


def main() -> None:
    """Fork a child for each socket that arrives.

    Arguments: descriptor of the control socket, id of the parent, pickled limits in hexadecimal.
    """
    import graph.consequences  # noqa: F401, PLC0415  (so that no commit, which is a child's, needs to load it)

    control = socket.socket(fileno=int(sys.argv[1]))
    die_with_parent(int(sys.argv[2]))
    limits: Limits = pickle.loads(bytes.fromhex(sys.argv[3]))  # noqa: S301  (from our own parent)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    me = os.getpid()
    compile_ahead(*PAGES, *PICTURES)

    with contextlib.suppress(ConnectionError):  # the parent may close with reports unread, or before one is sent
        _fork_to_order(control, limits, me)


def _fork_to_order(control: socket.socket, limits: Limits, me: int) -> None:
    # A handler alone is not enough: of a child that ends just before the wait for an order begins, it would hear with
    # the next order. So the signal itself writes to a pipe, and both are waited for.
    ended, wake = os.pipe()
    for end in (ended, wake):
        os.set_blocking(end, False)
    signal.set_wakeup_fd(wake, warn_on_full_buffer=False)
    signal.signal(signal.SIGCHLD, lambda _number, _frame: None)
    waiting = select.poll()
    for end in (ended, control.fileno()):
        waiting.register(end, select.POLLIN)
    while True:
        ready = {end for end, _ in waiting.poll()}
        if ended in ready:
            with contextlib.suppress(BlockingIOError):
                os.read(ended, _SIGNALS)
            _reap(control)
        if control.fileno() not in ready:
            continue
        order, descriptors, _, _ = socket.recv_fds(control, 1, 1)
        if not order:
            return
        try:
            child = os.fork()
        except OSError:  # no room for another process: whoever asked sees the connection close
            os.close(descriptors[0])
            continue
        if child == 0:
            signal.set_wakeup_fd(-1)
            os.close(ended)
            os.close(wake)
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            die_with_parent(me)
            control.close()
            connection = socket.socket(fileno=descriptors[0])
            try:
                if order == WRITER:
                    run_write(connection, limits)
                else:
                    run(connection, limits, may_call=order == OPEN)
            finally:
                os._exit(0)
        os.close(descriptors[0])


def _reap(control: socket.socket) -> None:
    """Tell how each child ended that has."""
    with contextlib.suppress(ChildProcessError):
        while (report := os.waitpid(-1, os.WNOHANG))[0]:
            control.send(ENDED.pack(*report))


if __name__ == "__main__":
    main()
