#!/usr/bin/env python3
"""Classroom 50's autograder for these labs, one for each assignment:
CLASSROOM/autograders/ASSIGNMENT/autograder.py. It is run in the student's checkout and writes
result.json and release-body.md there. The course is where SOCKET_LABS says, or in the folder
socket-labs beside this file, built with `make grader`. Status 0: it was graded; otherwise it
could not be judged, and the runner says so."""
import os
import pathlib
import subprocess
import sys
import tempfile

here = pathlib.Path(__file__).resolve().parent
course = pathlib.Path(os.environ.get("SOCKET_LABS", here / "socket-labs"))
grade = course / "build" / "bin" / "grade"
options = os.environ.get("GRADE_OPTIONS", "").split()

with tempfile.TemporaryDirectory() as work:
    out = pathlib.Path(work) / "out"
    os.chmod(work, 0o755)
    subprocess.run([grade, "--one", *options, ".", out], check=False)
    results = list(out.glob("*/result.json"))
    if len(results) != 1:
        sys.exit("there is no result")
    env = dict(os.environ, TZ="UTC")
    env.setdefault("OWNER", env.get("USERNAME", ""))
    env.setdefault("ASSIGNMENT_TYPE", "individual")
    env.setdefault("REVIEW_URL", env.get("COMMIT_URL", ""))
    # The committer's date: it stays the same when the same commit is graded again.
    env["COMMIT_TIME"] = subprocess.run(
        ["git", "log", "-1", "--format=%cd", "--date=format-local:%Y-%m-%dT%H:%M:%SZ"],
        check=True, capture_output=True, text=True, env=env).stdout.strip()
    made = subprocess.run([grade, "export", "classroom50", results[0]],
                          check=True, capture_output=True, env=env)
    pathlib.Path("result.json").write_bytes(made.stdout)
    report = (results[0].parent / "report.txt").read_text()
    pathlib.Path("release-body.md").write_text("~~~~~~text\n" + report + "~~~~~~\n")
