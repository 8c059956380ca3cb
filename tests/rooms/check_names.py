"""One name, one type: no two definitions of a type with the same full name anywhere in the rooms.

All rooms are linked into one program. Two types of one name in two files, each fine by itself, break the one
definition rule there without a word from compiler or linker: an inline function of one is used for the other.
Types inside an anonymous namespace are the file's own and may share a name.

Prints each name that is defined twice, with both places, and exits 1 if there is any.
"""

import argparse
import pathlib
import re
import sys

# What must not be read as code, longest first: comments, raw and plain strings, characters.
NOISE = re.compile(r'//[^\n]*|/\*.*?\*/|R"([^()\\\s]{0,16})\(.*?\)\1"|"(?:\\.|[^"\\\n])*"'
                   r"|(?<![0-9a-fA-F])'(?:\\.|[^'\\\n])+'", re.DOTALL)
DIRECTIVE = re.compile(r"^[ \t]*#(?:\\\n|[^\n])*", re.MULTILINE)
NAMESPACE = re.compile(r"\bnamespace(?:\s+([\w:]+))?\s*$")
TYPE = re.compile(r"\b(?:struct|class|union|enum(?:\s+(?:class|struct))?)\s+(?:alignas\([^)]*\)\s*)?"
                  r"(?:\[\[[^]]*\]\]\s*)?((?:\w+::)*\w+)\s*(?:final\s*)?(?::(?!:)[^()]*)?$")
TEMPLATE = re.compile(r"\btemplate\s*<[^{};]*>\s*(?=struct|class|union)")


def blank(found):
    """The same number of lines, and nothing else."""
    return "\n" * found[0].count("\n")


def definitions(text):
    """(full name, line) of each type that is defined directly in a namespace with a name, or in none."""
    text = DIRECTIVE.sub(blank, NOISE.sub(lambda found: blank(found) + " ", text))
    scopes = []  # for each open brace: a namespace's name, or None where names are not the program's
    head = 0     # where the declaration that the next brace belongs to begins
    for place, sign in ((found.start(), found[0]) for found in re.finditer(r"[{};]", text)):
        if sign == "{":
            declaration = TEMPLATE.sub("", text[head:place].rstrip())
            space, kind = NAMESPACE.search(declaration), TYPE.search(declaration)
            if space and space[1]:
                scopes.append(space[1])
            else:
                if kind and None not in scopes:
                    yield "::".join([*scopes, kind[1]]), text.count("\n", 0, place) + 1
                scopes.append(None)
        elif sign == "}" and scopes:
            scopes.pop()
        head = place + 1


def clashes(source):
    seen = {}
    for path in sorted(source.rglob("*")):
        if path.suffix not in (".h", ".cpp"):
            continue
        for name, line in definitions(path.read_text()):
            place = f"{path}:{line}"
            if name in seen:
                yield f"{name} is defined twice: {seen[name]} and {place}; rename one"
            seen.setdefault(name, place)
    if not seen:
        yield f"{source}: defines no type at all"


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--source", type=pathlib.Path, required=True, help="the folder of the rooms")
    found = list(clashes(parser.parse_args().source))
    print("\n".join(found) or "every type has a name of its own")
    sys.exit(1 if found else 0)


if __name__ == "__main__":
    main()
