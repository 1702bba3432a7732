"""The process that forks the others: it has imported the engine and opened nothing.

A fork of it takes about 20 ms where a fresh interpreter takes 100 to 500; it never has threads, so forking it is safe.
It tells its parent how each child ended, and ends with its parent. The standard library's forkserver would import the
command's main module, and with it the web framework, into every child.
"""

from __future__ import annotations

import contextlib
import os
import pickle
import signal
import socket
import struct
import sys
from typing import TYPE_CHECKING, Final

from service.entity.answer import PAGES
from service.query_process import Limits, run, run_write
from service.rendering import compile_ahead
from service.sandbox import die_with_parent

if TYPE_CHECKING:
    from types import FrameType

LOCKED: Final = b"L"  # a child that answers queries and cannot open sockets
OPEN: Final = b"O"  # one that can, for a SERVICE that the operator allows
WRITER: Final = b"W"  # one that makes a single write, or checks a posted graph
ENDED: Final = struct.Struct(">Ii")  # process id, wait status


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
    compile_ahead(*PAGES)

    def reap(_number: int, _frame: FrameType | None) -> None:
        while True:
            try:
                child, status = os.waitpid(-1, os.WNOHANG)
            except ChildProcessError:
                return
            if child == 0:
                return
            control.send(ENDED.pack(child, status))

    signal.signal(signal.SIGCHLD, reap)
    with contextlib.suppress(ConnectionError):  # the parent may close with reports unread, or before one is sent
        _fork_to_order(control, limits, me)


def _fork_to_order(control: socket.socket, limits: Limits, me: int) -> None:
    while True:
        order, descriptors, _, _ = socket.recv_fds(control, 1, 1)
        if not order:
            return
        try:
            child = os.fork()
        except OSError:  # no room for another process: whoever asked sees the connection close
            os.close(descriptors[0])
            continue
        if child == 0:
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


if __name__ == "__main__":
    main()
