#!/bin/sh
# Counts HMMA, FFMA, LDL and STL of every kernel in NVIDIA's own disassembly and compares them with
# the counts of cuda-resources, which reads them from the bits.
# Usage: resources_sass.sh CUOBJDUMP CUDA_RESOURCES OBJECT...
# CUOBJDUMP needs nvdisasm beside it.
set -eu
cuobjdump=$1
resources=$2
shift 2
PATH=$(dirname "$cuobjdump"):$PATH
listed=$(mktemp) counted=$(mktemp)
trap 'rm -f "$listed" "$counted"' EXIT

for object in "$@"; do "$cuobjdump" -sass "$object"; done | awk '
  function flush() { if (kernel != "") print arch, kernel, hmma + 0, ffma + 0, local + 0 }
  /code for sm_/ { flush(); kernel = ""; arch = $3 }
  /Function :/ { flush(); kernel = $3; hmma = ffma = local = 0 }
  /^[ \t]+\/\*[0-9a-f]+\*\// {
    word = $2 ~ /^@/ ? $3 : $2
    sub(/[.;].*/, "", word)
    if (word == "HMMA") ++hmma
    if (word == "FFMA") ++ffma
    if (word == "LDL" || word == "STL") ++local
  }
  END { flush() }' | sort >"$listed"
"$resources" --instructions | sort >"$counted"

[ -s "$listed" ] || { echo "cuobjdump listed no kernel" >&2; exit 1; }
diff "$listed" "$counted" || { echo "(<: cuobjdump, >: cuda-resources)" >&2; exit 1; }
echo "$(wc -l <"$listed") kernels: the same counts as $("$cuobjdump" --version | sed -n 's/.*release //p')"
