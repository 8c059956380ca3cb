"""check_rooms must notice what it is there for: each case compiles a small room that breaks one rule."""

import argparse
import pathlib
import subprocess
import sys
import tempfile
import unittest

CHECK = pathlib.Path(__file__).with_name("check_rooms.py")
COMPILER = "c++"


class Rooms(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.top = pathlib.Path(folder.name)
        self.lines = []

    def room(self, name, code, depends=""):
        source = self.top / name / "thing.cpp"
        source.parent.mkdir()
        source.write_text(code)
        archive = self.top / f"lib{name}.a"
        subprocess.run([COMPILER, "-std=c++20", "-O1", f"-I{self.top}", "-c", source, "-o", source.with_suffix(".o")],
                       check=True)
        subprocess.run(["ar", "rcs", archive, source.with_suffix(".o")], check=True)
        self.lines.append(f"{name}|{depends}|{archive}")

    def check(self):
        listing = self.top / "rooms.txt"
        listing.write_text("\n".join(self.lines) + "\n")
        done = subprocess.run([sys.executable, CHECK, "--source", self.top, "--rooms", listing],
                              capture_output=True, text=True)
        return done.returncode, done.stdout

    def test_a_clean_room_passes(self):
        self.room("base", "#include <vector>\nint sum(const std::vector<int>& v) { return v[0]; }")
        code, said = self.check()
        self.assertEqual(code, 0, said)

    def test_breaches_are_named(self):
        for what, room, code in [
            ("steady_clock::now", "brain", "#include <chrono>\nlong f() "
             "{ return std::chrono::steady_clock::now().time_since_epoch().count(); }"),
            ("clock_gettime", "sim", "#include <time.h>\nlong f() { timespec t; "
             "clock_gettime(CLOCK_REALTIME, &t); return t.tv_sec; }"),
            ("socket", "base", "#include <sys/socket.h>\nint f() { return socket(AF_INET, SOCK_STREAM, 0); }"),
            ("std::thread", "trace", "#include <thread>\nvoid f() { std::thread([] {}).join(); }"),
            ("random_device", "catalog", "#include <random>\nunsigned f() { return std::random_device{}(); }"),
            ("basic_ofstream", "brain", "#include <fstream>\nvoid f() { std::ofstream(\"x\") << 1; }"),
        ]:
            with self.subTest(what):
                self.setUp()
                self.room(room, code)
                exit_code, said = self.check()
                self.assertEqual(exit_code, 1)
                self.assertIn(what, said)

    def test_files_are_only_closed_to_the_brain(self):
        self.room("catalog", "#include <fstream>\nvoid f() { std::ofstream(\"x\") << 1; }")
        code, said = self.check()
        self.assertEqual(code, 0, said)

    def test_an_undeclared_include_is_named(self):
        (self.top / "worker").mkdir()
        (self.top / "worker" / "a.h").write_text("#pragma once\n")
        self.room("brain", '#include "worker/a.h"\n')
        code, said = self.check()
        self.assertEqual(code, 1)
        self.assertIn('room brain includes "worker/a.h"', said)

    def test_what_a_dependency_declares_may_be_seen(self):
        self.room("base", "")
        (self.top / "base" / "a.h").write_text("#pragma once\n")
        self.room("catalog", '#include "base/a.h"\n', depends="base")
        self.room("brain", '#include "base/a.h"\n', depends="catalog")
        code, said = self.check()
        self.assertEqual(code, 0, said)


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--compiler", default=COMPILER)
    arguments, rest = parser.parse_known_args()
    COMPILER = arguments.compiler
    unittest.main(argv=[sys.argv[0], *rest])
