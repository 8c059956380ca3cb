"""The archive of `paragon cloud package`: made twice it is the same, and unpacked into an empty folder it answers a
picture through the Runtime API, with no library of this computer."""

import argparse
import pathlib
import subprocess
import tempfile
import unittest
import zipfile

import one_function

PROGRAM = ""
SOURCE = pathlib.Path(__file__).parents[2]
GARMENTS = SOURCE / "models" / "garment"


def package(*arguments):
    return subprocess.run([PROGRAM, "cloud", "package", *map(str, arguments)], capture_output=True, text=True)


class Package(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.top = pathlib.Path(folder.name)

    def start(self, folder, **variables):
        function = one_function.OneFunction(folder, **variables)
        self.addCleanup(function.end)
        return function

    def write_catalog(self, name, model, models_dir):
        """One variant, which lies where the catalog says or in --models-dir."""
        file = self.top / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(f"""paragon: 1
models_dir: {models_dir}
tasks:
  - {{name: garments, input: image, output: classes, top_k: 3, labels_file: "the labels.txt"}}
variants:
  - {{name: tiny, task: garments, file: {model}, accuracy: 0.8, width: 28, height: 28, channel_order: GRAY,
     memory_mb: 64, service_p50_ms: 1, load_ms: 20}}
""")
        (file.parent / "the labels.txt").write_text((GARMENTS / "labels.txt").read_text())
        return file

    def test_the_shipped_catalog_answers_from_an_empty_folder(self):
        first, second, function_dir = self.top / "a.zip", self.top / "b.zip", self.top / "task"
        made = package("--out", first)
        self.assertEqual(made.returncode, 0, made.stderr)
        self.assertIn("MiB unpacked", made.stdout)
        self.assertEqual(package("--out", second).returncode, 0)
        self.assertEqual(first.read_bytes(), second.read_bytes())
        with zipfile.ZipFile(first) as archive:
            entries = archive.infolist()
            self.assertIsNone(archive.testzip())
        names = [entry.filename for entry in entries]
        self.assertEqual(names, sorted(names))
        self.assertEqual({entry.date_time for entry in entries}, {(1980, 1, 1, 0, 0, 0)})
        executable = {entry.filename for entry in entries if entry.external_attr >> 16 & 0o111}
        self.assertIn("bootstrap", executable)
        self.assertIn("bin/paragon", executable)
        self.assertFalse([name for name in executable if name.startswith("catalog/")])
        self.assertLess(first.stat().st_size, 50 * 1024 * 1024)

        one_function.unpack(first, function_dir)
        function = self.start(function_dir, PARAGON_VARIANT="garment_s")
        kind, answer = function.invoke(one_function.picture_event("garment_s", one_function.grey_png(28, 28)))
        self.assertEqual(kind, "response", answer)
        self.assertEqual(answer["status"], 200, answer)
        self.assertTrue(answer["cold"])
        self.assertGreater(answer["initialised_ms"], 0)
        self.assertEqual(one_function.answer_body(answer)["model_name"], "garment_s")
        mapped = function.mapped_files()
        self.assertTrue([path for path in mapped if path.endswith("libc.so.6")], mapped)
        self.assertEqual([path for path in mapped if not path.startswith(str(function_dir))
                          and not path.startswith("/usr/lib/locale/")], [])
        kind, answer = function.invoke(one_function.picture_event("garment_s", one_function.grey_png(60, 40)))
        self.assertEqual((kind, answer["status"], answer["cold"]), ("response", 200, False))
        self.assertEqual(function.end()[0], 0)
        self.assertEqual(function.complaints, [])

        function = self.start(function_dir, PARAGON_VARIANT="garment_none")
        kind, error = function.told()
        self.assertEqual(kind, "init/error")
        self.assertIn("no variant 'garment_none'", error["errorMessage"])
        self.assertEqual(function.process.wait(timeout=30), 2)

    def test_networks_of_models_dir_and_beside_the_catalog_are_found(self):
        for where, models_dir, arguments in (
                ("o'clock/c.yaml", "nets", ()),
                ("here/c.yaml", "nowhere", ("--models-dir", GARMENTS))):
            with self.subTest(where):
                archive, function_dir = self.top / "a.zip", self.top / f"task{len(where)}"
                catalog = self.write_catalog(where, "garment_xs.onnx", models_dir)
                if not arguments:
                    (catalog.parent / "nets").mkdir()
                    (catalog.parent / "nets" / "garment_xs.onnx").write_bytes(
                        (GARMENTS / "garment_xs.onnx").read_bytes())
                made = package("--out", archive, "--catalog", catalog, *arguments)
                self.assertEqual(made.returncode, 0, made.stderr)
                one_function.unpack(archive, function_dir)
                function = self.start(function_dir, PARAGON_VARIANT="tiny")
                kind, answer = function.invoke(one_function.picture_event("tiny", one_function.grey_png(28, 28)))
                self.assertEqual((kind, answer.get("status")), ("response", 200), answer)

    def test_what_makes_no_function_is_refused(self):
        out = self.top / "a.zip"
        catalog = self.write_catalog("c.yaml", "garment_xs.onnx", GARMENTS)
        huge = self.top / "huge.onnx"
        with open(huge, "wb") as file:
            file.truncate(260 * 1024 * 1024)
        for says, arguments in (
                ("by an absolute path", ("--out", out, "--catalog", catalog)),
                ("over the 250 MiB",
                 ("--out", out, "--catalog", self.write_catalog("d.yaml", "huge.onnx", "."))),
                ("does not exist", ("--out", out, "--catalog", self.write_catalog("e.yaml", "none.onnx", "."))),
                ("cannot be written", ("--out", self.top / "none" / "a.zip")),
                ("--out is required", ())):
            with self.subTest(says):
                made = package(*arguments)
                self.assertEqual(made.returncode, 2)
                self.assertIn(says, made.stderr + made.stdout)
                self.assertEqual(list(self.top.glob("a.zip*")), [])


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--program", required=True, help="the built paragon")
    known, rest = parser.parse_known_args()
    PROGRAM = known.program
    unittest.main(argv=[__file__, *rest])
