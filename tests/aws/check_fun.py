"""Our function under npm's @vercel/fun, a Runtime API that others wrote. Installs that into the build tree, once, by
fun/package-lock.json; exits 77, which CTest shows as skipped, where npm cannot."""

import argparse
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

import check_package
import one_function

SCRIPT = pathlib.Path(__file__).with_name("run_in_fun.js")
PINNED = pathlib.Path(__file__).with_name("fun")
NPM = ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error", "--fetch-retries=1",
       "--fetch-timeout=20000"]


def skip(why):
    print(f"SKIPPED: no @vercel/fun here, so the function did not run under it; {why}")
    sys.exit(77)


def install(folder):
    """@vercel/fun and what it needs in folder/node_modules; at once where they are there already."""
    for program in ("node", "npm"):
        if shutil.which(program) is None:
            skip(f"{program} is missing: run tools/install-deps")
    lock, mark = (PINNED / "package-lock.json").read_bytes(), folder / "whole"
    if mark.exists() and mark.read_bytes() == lock:
        return
    folder.mkdir(parents=True, exist_ok=True)
    mark.unlink(missing_ok=True)
    for name in ("package.json", "package-lock.json"):
        shutil.copyfile(PINNED / name, folder / name)
    try:
        done = subprocess.run(NPM, cwd=folder, capture_output=True, text=True, timeout=70)
    except subprocess.TimeoutExpired:
        skip("npm ci took over 70 s")
    if done.returncode != 0:
        skip("npm ci said: " + "; ".join((done.stderr or done.stdout).splitlines()[:3]))
    mark.write_bytes(lock)


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
    parser.add_argument("--modules", required=True, type=pathlib.Path, help="folder that npm may install into")
    flags = parser.parse_args()
    check_package.PROGRAM = flags.program
    install(flags.modules)
    with tempfile.TemporaryDirectory() as folder:
        archive, task = pathlib.Path(folder) / "function.zip", pathlib.Path(folder) / "task"
        made = check_package.package("--out", archive)
        if made.returncode != 0:
            sys.exit(made.stderr)
        one_function.unpack(archive, task)
        picture = one_function.grey_png(28, 28)
        events = [one_function.picture_event("garment_s", picture), one_function.picture_event("garment_s", picture),
                  one_function.picture_event("garment_m", picture), {"key1": "value1"}]
        done = subprocess.run(["node", SCRIPT, task, "garment_s"], capture_output=True, text=True, timeout=100,
                              input="".join(json.dumps(event) + "\n" for event in events),
                              env={**os.environ, "NODE_PATH": str(flags.modules / "node_modules")})
        answers = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
    if len(answers) != len(events):
        sys.exit(f"{len(answers)} answers to {len(events)} events: {done.stdout}{done.stderr}")
    found = list(wrong(answers))
    print("\n".join(found) or f"{len(answers)} events answered as they should be")
    sys.exit(1 if found else 0)


if __name__ == "__main__":
    main()
