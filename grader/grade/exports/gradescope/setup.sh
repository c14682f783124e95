#!/usr/bin/env bash
# Gradescope runs this once, as root, when it builds the image: the tools of the course.
set -euo pipefail
cd "${AUTOGRADER:-/autograder}/source/socket-labs"
apt-get update
apt-get install -y --no-install-recommends make gcc libc6-dev
grader/deps.sh grade
make -s grader
