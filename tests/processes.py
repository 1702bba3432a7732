"""Looking at processes from outside: which there are, whose child each is, what it does."""

from __future__ import annotations

from pathlib import Path


def alive(process: int) -> bool:
    """Say whether a process still runs; one that waits to be reaped does not."""
    try:
        state = Path(f"/proc/{process}/stat").read_text(encoding="ascii").rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"


def family(word: str) -> dict[int, int]:
    """Return id and parent of processes whose command line holds a word."""
    found = {}
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            if word in (entry / "cmdline").read_bytes().decode(errors="replace"):
                found[int(entry.name)] = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
        except OSError:
            continue
    return found


def children(process: int) -> list[int]:
    """Return all processes under a process, its children and theirs."""
    parent_of = family("")
    found = {process}
    while more := {child for child, parent in parent_of.items() if parent in found} - found:
        found |= more
    return sorted(found - {process})


def is_lowered(process: int) -> bool:
    """Say whether a thread of a process runs only when nothing else wants the processor (SCHED_IDLE)."""
    try:
        tasks = list(Path(f"/proc/{process}/task").iterdir())
        policies = {(task / "stat").read_text(encoding="ascii").rpartition(")")[2].split()[38] for task in tasks}
    except OSError:
        return False
    return "5" in policies  # proc(5): policy


def server_at(port: int | None) -> int:
    """Return the process that listens on a port of loopback, one that this user started."""
    table = Path("/proc/net/tcp").read_text(encoding="ascii").splitlines()[1:]
    rows = [line.split() for line in table]
    inodes = {row[9] for row in rows if row[1].endswith(f":{port:04X}") and row[3] == "0A"}
    return next(process for process in family("serve") if inodes & sockets_of(process))


def has_connection(port: int, peer: int) -> bool:
    """Say whether the kernel keeps the end at one port of a connection with another port of loopback."""
    rows = [line.split() for line in Path("/proc/net/tcp").read_text(encoding="ascii").splitlines()[1:]]
    return any(row[1].endswith(f":{port:04X}") and row[2].endswith(f":{peer:04X}") for row in rows)


def sockets_of(process: int) -> set[str]:
    """Return the inodes of a process's sockets; none where it has gone."""
    try:
        links = [str(entry.readlink()) for entry in Path(f"/proc/{process}/fd").iterdir()]
    except OSError:
        return set()
    return {link[8:-1] for link in links if link.startswith("socket:[")}


def readers_of(file: Path) -> set[int]:
    """Return the processes of this user that have a file open."""
    found = set()
    for process in family(""):
        try:
            entries = [entry.readlink() for entry in Path(f"/proc/{process}/fd").iterdir()]
        except OSError:
            continue
        if file in entries:
            found.add(process)
    return found
