#!/usr/bin/env bash
# Sets up everything, builds, runs every test. Needs no GPU and no network beyond Debian's packages and
# nanobind from PyPI (without it, the Python package is left out and said to be).
set -euo pipefail
cd "$(dirname "$0")/.."
third_party/setup.sh build test python
cmake -S . -B build -G Ninja -DCMAKE_BUILD_TYPE=Release -DCORTICAST_TESTS=ON "$@"
cmake --build build
echo "Set up and built in $SECONDS s."
# What needs other people's programs (ctest -L peers) is left to whoever has them.
ctest --test-dir build --output-on-failure -j "$(nproc)" -LE peers
