#!/usr/bin/env bash
# Installs the Debian packages corticast needs; does nothing when they are there.
# Usage: third_party/setup.sh [build] [test] [lint]
set -euo pipefail

build="g++ cmake ninja-build libjpeg62-turbo-dev libpng-dev zlib1g-dev libstb-dev
  libxxhash-dev libssl-dev nlohmann-json3-dev libhdf5-dev libcli11-dev"
test="catch2 libzstd-dev"
lint="git clang-16 clang-format-16 clang-tidy-16 libomp-16-dev libclang-rt-16-dev"

wanted=()
for group in "${@:-build}"; do
  case "$group" in
    build) wanted+=($build) ;;
    test) wanted+=($test) ;;
    lint) wanted+=($lint) ;;
    *) echo "setup.sh: unknown group '$group' (build, test, lint)" >&2; exit 2 ;;
  esac
done

missing=()
for package in "${wanted[@]}"; do
  dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q 'ok installed' || missing+=("$package")
done
[ ${#missing[@]} -eq 0 ] && exit 0

as_root=""
if [ "$(id -u)" -ne 0 ]; then
  command -v sudo >/dev/null || {
    echo "setup.sh: these packages are missing and there is no sudo: ${missing[*]}" >&2
    echo "  As root: apt-get install ${missing[*]}" >&2
    exit 1
  }
  as_root="sudo"
fi
echo "Installing: ${missing[*]}" >&2
$as_root apt-get update -qq >&2
$as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends \
  "${missing[@]}" >&2
