"""A disk that fails on demand, or kills podium at a chosen call: tests/crash/modules/faulty_disk.cpp, preloaded into it."""
import mmap
import os
import pathlib
import struct

from podium import BINARY

MODULES = pathlib.Path(os.environ.get("PODIUM_TEST_MODULES", pathlib.Path(BINARY).parents[1] / "tests/crash/modules"))

WRITE, SYNC, OPEN = 1, 2, 4
_NONE, _NTH, _EVERY, _DIE, _FULL = range(5)
_FIELDS = ("mode", "kinds", "n", "times", "error", "seen", "struck")


class FaultyDisk:
    """Use `environment` for a podium whose data folder is `data`. One rule is in force at a time."""

    def __init__(self, data):
        library = MODULES / "faulty_disk.so"
        assert library.exists(), f"{library} is not built"
        data = pathlib.Path(data).resolve()
        path = data.parent / f"{data.name}.faults"
        path.write_bytes(bytes(8 * len(_FIELDS)))
        with open(path, "r+b") as file:
            self._shared = mmap.mmap(file.fileno(), 8 * len(_FIELDS))
        self.environment = {"LD_PRELOAD": str(library), "PODIUM_FAULTS_BELOW": str(data), "PODIUM_FAULTS_CONTROL": str(path)}

    def _get(self, field):
        return struct.unpack_from("q", self._shared, 8 * _FIELDS.index(field))[0]

    def _rule(self, mode, kinds=0, n=0, times=0, error=0):
        values = {"kinds": kinds, "n": n, "times": times, "error": error, "seen": 0, "struck": 0}
        struct.pack_into("q", self._shared, 0, _NONE)
        for name, value in values.items():
            struct.pack_into("q", self._shared, 8 * _FIELDS.index(name), value)
        struct.pack_into("q", self._shared, 0, mode)

    def fail(self, kinds, n, times, error):
        """The n-th call from now fails with `error`, and the times - 1 behind it."""
        self._rule(_NTH, kinds, n, times, error)

    def fail_every(self, kinds, n, error):
        self._rule(_EVERY, kinds, n, error=error)

    def kill_at(self, kinds, n):
        """At the n-th call from now podium is killed as by kill -9, before the call is made."""
        self._rule(_DIE, kinds, n)

    def fill(self):
        """From now on every write that needs more space fails as on a full disk."""
        self._rule(_FULL)

    def count(self, kinds):
        """From now on calls are counted, and none fails."""
        self._rule(_NTH, kinds, n=2**62, times=0)

    def heal(self):
        struct.pack_into("q", self._shared, 0, _NONE)

    @property
    def seen(self):
        return self._get("seen")

    @property
    def struck(self):
        return self._get("struck")
