"""check_names must see a clash, and must not see one where there is none."""

import pathlib
import tempfile
import unittest

import check_names


def names(text):
    return [name for name, _ in check_names.definitions(text)]


class Names(unittest.TestCase):
    def clashes(self, **files):
        with tempfile.TemporaryDirectory() as folder:
            for name, text in files.items():
                (pathlib.Path(folder) / name.replace("_h", ".h").replace("_cpp", ".cpp")).write_text(text)
            return list(check_names.clashes(pathlib.Path(folder)))

    def test_a_name_in_two_files_is_told_with_both_places(self):
        said = self.clashes(a_h="namespace p {\nstruct Model { int id; };\n}",
                            b_cpp="namespace p { class Model final : public Base<int> { }; }")
        self.assertEqual(len(said), 1)
        self.assertIn("p::Model is defined twice", said[0])
        self.assertIn("a.h:2", said[0])
        self.assertIn("b.cpp:1", said[0])

    def test_a_file_may_have_names_of_its_own(self):
        own = "namespace p { namespace { struct Flags { int a; }; } }"
        self.assertEqual(self.clashes(a_cpp=own, b_cpp=own, c_h="struct One { };"), [])

    def test_all_kinds_of_types_are_seen(self):
        self.assertEqual(names("namespace p::q { enum class A : char { x }; enum B { y }; union C { };\n"
                               "template <typename T, int N = 3> class D { }; struct E::Impl { };\n"
                               "struct alignas(8) F { }; class [[nodiscard]] G { }; }"),
                         [f"p::q::{name}" for name in ["A", "B", "C", "D", "E::Impl", "F", "G"]])

    def test_what_only_looks_like_a_definition_is_not_one(self):
        self.assertEqual(names('struct A; // struct B {\n/* struct C { */ const char* d = "struct D {";\n'
                               'auto e = R"(struct E {)"; char f = \'{\'; int g = 1\'000; void h(struct I i) { }\n'
                               "#define J struct J {\nvoid k() { struct K { }; } struct L { struct M { }; };"),
                         ["L"])

    def test_no_source_at_all_is_a_failure(self):
        self.assertNotEqual(self.clashes(), [])


if __name__ == "__main__":
    unittest.main()
