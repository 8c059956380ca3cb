"""Our function under @vercel/fun, a Runtime API that others wrote. Exits 77, which CTest shows as skipped, where that is
not installed."""

import argparse
import json
import pathlib
import shutil
import subprocess
import sys
import tempfile

import check_package
import one_function

SCRIPT = pathlib.Path(__file__).with_name("run_in_fun.js")
INSTALL = "npm install --no-save @vercel/fun@1.3 in the repository's folder, or NODE_PATH"


def node(*arguments, **options):
    return subprocess.run(["node", SCRIPT, *map(str, arguments)], capture_output=True, text=True, **options)


def wrong(answers):
    """What is not as it should be, in words."""
    first, second, refused, broken = answers
    for which, answer in ("first", first), ("second", second):
        got = answer.get("answer", {})
        if got.get("status") != 200 or one_function.answer_body(got)["model_name"] != "garment_s":
            yield f"the {which} picture: {answer}"
    if "answer" in first and "answer" in second and (not first["answer"]["cold"] or second["answer"]["cold"]):
        yield f"cold: {first['answer']['cold']}, then {second['answer']['cold']}"
    if refused.get("answer", {}).get("status") != 404:
        yield f"a model that is not there: {refused}"
    if broken.get("error") != "Paragon.invalid":
        yield f"what is no request: {broken}"


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--program", required=True, help="the built paragon")
    check_package.PROGRAM = parser.parse_args().program
    if shutil.which("node") is None or node("resolve").returncode != 0:
        print(f"SKIPPED: no @vercel/fun here, so the function did not run under it; {INSTALL}")
        sys.exit(77)
    with tempfile.TemporaryDirectory() as folder:
        archive, task = pathlib.Path(folder) / "function.zip", pathlib.Path(folder) / "task"
        made = check_package.package("--out", archive)
        if made.returncode != 0:
            sys.exit(made.stderr)
        one_function.unpack(archive, task)
        picture = one_function.grey_png(28, 28)
        events = [one_function.picture_event("garment_s", picture), one_function.picture_event("garment_s", picture),
                  one_function.picture_event("garment_m", picture), {"key1": "value1"}]
        done = node(task, "garment_s", input="".join(json.dumps(event) + "\n" for event in events), timeout=100)
        answers = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
    if len(answers) != len(events):
        sys.exit(f"{len(answers)} answers to {len(events)} events: {done.stdout}{done.stderr}")
    found = list(wrong(answers))
    print("\n".join(found) or f"{len(answers)} events answered as they should be")
    sys.exit(1 if found else 0)


if __name__ == "__main__":
    main()
