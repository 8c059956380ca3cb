"""Rooms stay rooms: checks the seams that the compiler alone does not.

For every room listed in ROOMS (lines of `name|depends,depends|archive`, written by CMake):
  1. its files include only its own headers and those of rooms it declares, directly or through them;
  2. the archive of a room that must be deterministic needs no symbol that reaches the world: no socket, no
     thread, no clock, no sleep, no true randomness; and for the brain, no file either.

Prints one line for each breach and exits 1 if there is any.
"""

import argparse
import pathlib
import re
import subprocess
import sys

SOCKETS = "socket socketpair connect bind listen accept accept4 send sendto sendmsg recv recvfrom recvmsg " \
          "poll ppoll select pselect epoll_create epoll_create1 epoll_wait getaddrinfo"
THREADS = "pthread_create pthread_mutex_lock pthread_cond_wait pthread_cond_timedwait fork vfork execve posix_spawn"
CLOCKS = "clock_gettime gettimeofday time clock timespec_get nanosleep clock_nanosleep usleep sleep"
CHANCE = "getrandom getentropy rand random"
FILES = "open open64 openat fopen fopen64 creat"

WORLD = set(f"{SOCKETS} {THREADS} {CLOCKS} {CHANCE}".split())
WORLD_CXX = re.compile(r"std::chrono::.*_clock::now\(|std::thread::|std::this_thread::|std::condition_variable"
                       r"|std::random_device|std::__\w*::?__?sleep_for")
FILE_CXX = re.compile(r"std::basic_(filebuf|[io]?fstream)<")

# Rooms that decide, or that decisions are tested with. Those that read files may; the brain may not.
DETERMINISTIC = ("base", "catalog", "trace", "brain", "sim", "plan", "report")
NO_FILES = ("brain",)

INCLUDE = re.compile(r'^\s*#\s*include\s+"([^"]+)"')


def read_rooms(path):
    rooms = {}
    for line in pathlib.Path(path).read_text().splitlines():
        if line:
            name, depends, archive = line.split("|")
            rooms[name] = ([d for d in depends.split(",") if d], archive)
    return rooms


def visible(room, rooms):
    """The room, what it declares, and what those declare in turn."""
    seen, todo = set(), [room]
    while todo:
        name = todo.pop()
        if name not in seen:
            seen.add(name)
            todo += rooms.get(name, ([], ""))[0]
    return seen


def include_breaches(source, room, rooms):
    may = visible(room, rooms)
    for path in sorted((source / room).rglob("*")):
        if path.suffix not in (".h", ".cpp"):
            continue
        for number, line in enumerate(path.read_text().splitlines(), 1):
            found = INCLUDE.match(line)
            if found and "/" in found[1] and found[1].split("/")[0] not in may:
                yield f'{path}:{number}: room {room} includes "{found[1]}"; it may see {", ".join(sorted(may))}'


def needs(archive):
    """Symbols that each object of the archive leaves to others, demangled: {symbol: object}."""
    out = subprocess.run(["nm", "--demangle", "--undefined-only", archive], check=True,
                         capture_output=True, text=True).stdout
    symbols, member = {}, archive
    for line in out.splitlines():
        if line.endswith(".o:"):
            member = line[:-1]
        elif " U " in line or " w " in line:
            symbols.setdefault(line.split(None, 1)[1].split("@")[0].strip(), member)
    return symbols


def symbol_breaches(room, archive):
    for symbol, member in sorted(needs(archive).items()):
        if symbol in WORLD or WORLD_CXX.search(symbol):
            yield f"room {room}: {member} needs {symbol}; time, chance and the outside come in as arguments"
        if room in NO_FILES and (symbol in FILES.split() or FILE_CXX.search(symbol)):
            yield f"room {room}: {member} needs {symbol}; the shell around it reads and writes files"


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--source", type=pathlib.Path, required=True, help="the folder of the rooms")
    parser.add_argument("--rooms", required=True, help="file of name|depends|archive lines")
    arguments = parser.parse_args()

    rooms = read_rooms(arguments.rooms)
    if not rooms:
        sys.exit(f"{arguments.rooms}: lists no room")
    breaches = []
    for room, (_, archive) in rooms.items():
        breaches += include_breaches(arguments.source, room, rooms)
        if room in DETERMINISTIC and archive:
            breaches += symbol_breaches(room, archive)
    print("\n".join(breaches) or f"{len(rooms)} rooms, no breach")
    sys.exit(1 if breaches else 0)


if __name__ == "__main__":
    main()
