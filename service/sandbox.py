"""What a query process may not do: outlive its parent, take all memory, open a socket.

The scanner in `service.queries` decides what a query may ask; this is the second lock, so that a mistake in the first
costs an error and not a leak. Linux holds all three; elsewhere `forbid_sockets` and `die_with_parent` do nothing and
say so.
"""

from __future__ import annotations

import ctypes
import logging
import os
import platform
import resource
import signal
import struct
import sys
from pathlib import Path
from typing import Final

_log = logging.getLogger(__name__)

_M_ARENA_MAX: Final = -8
_PR_SET_PDEATHSIG: Final = 1
_PR_SET_SECCOMP: Final = 22
_PR_SET_NO_NEW_PRIVS: Final = 38
_SECCOMP_MODE_FILTER: Final = 2
_ALLOW: Final = 0x7FFF0000
_REFUSE: Final = 0x00050000 | 1  # the call returns EPERM
# Machine to AUDIT_ARCH constant and numbers of socket and io_uring_setup (linux/audit.h, asm/unistd.h).
_CALLS: Final = {"x86_64": (0xC000003E, 41, 425), "aarch64": (0xC00000B7, 198, 425)}
_X32_BIT: Final = 0x40000000
_LOAD, _EQUAL, _AT_LEAST, _RETURN = 0x20, 0x15, 0x35, 0x06


def share_arena() -> None:
    """Have all threads of this process take memory from one arena; call it before there are any.

    The C library reserves up to 128 MB of addresses for each thread that allocates, the engine starts many threads to
    write, and what is reserved counts against `limit_memory`.
    """
    if sys.platform == "linux" and hasattr(libc := ctypes.CDLL(None), "mallopt"):
        libc.mallopt(_M_ARENA_MAX, 1)


_state = {"forbidden": False}


def die_with_parent(parent: int) -> None:
    """Have the kernel kill this process when the process that made it ends; at once if it has ended already."""
    if sys.platform != "linux":
        return
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != parent:
        os._exit(1)


def forbid_sockets() -> bool:
    """Make every later attempt of this process and its threads to open a socket fail with EPERM.

    Call it before the engine opens its files, so that the engine's threads inherit the filter. It cannot be undone.

    Returns:
        Whether the filter is in force; False on a platform that has none.
    """
    numbers = _CALLS.get(platform.machine())
    if sys.platform != "linux" or numbers is None:
        _log.warning(
            "no seccomp filter for %s on %s: SERVICE is refused by the scanner alone", sys.platform, platform.machine()
        )
        return False
    architecture, *refused = numbers
    program = [
        (_LOAD, 0, 0, 4),  # seccomp_data.arch
        (_EQUAL, 1, 0, architecture),
        (_RETURN, 0, 0, _REFUSE),
        (_LOAD, 0, 0, 0),  # seccomp_data.nr
        (_AT_LEAST, len(refused) + 1, 0, _X32_BIT),
        *((_EQUAL, len(refused) - place, 0, number) for place, number in enumerate(refused)),
        (_RETURN, 0, 0, _ALLOW),
        (_RETURN, 0, 0, _REFUSE),
    ]
    code = b"".join(struct.pack("HBBI", *line) for line in program)
    buffer = ctypes.create_string_buffer(code, len(code))
    filter_program = struct.pack("HxxxxxxP", len(program), ctypes.addressof(buffer))
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) or libc.prctl(
        _PR_SET_SECCOMP, _SECCOMP_MODE_FILTER, filter_program
    ):
        _log.warning("seccomp refused errno=%d: SERVICE is refused by the scanner alone", ctypes.get_errno())
        return False
    _state["forbidden"] = True
    return True


def sockets_are_forbidden() -> bool:
    """Say whether this process can open no socket any more."""
    return _state["forbidden"]


def limit_memory(extra_bytes: int) -> None:
    """Cap the address space at its present size plus some bytes; a later call may raise the cap again.

    The present size counts what is mapped already, the store's files among it.
    """
    if sys.platform != "linux":
        return
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0])
    limit = pages * resource.getpagesize() + extra_bytes
    resource.setrlimit(resource.RLIMIT_AS, (limit, resource.RLIM_INFINITY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
