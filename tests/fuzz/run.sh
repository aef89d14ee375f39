#!/usr/bin/env bash
# Builds the fuzz targets with clang-16's libFuzzer, AddressSanitizer and UndefinedBehaviorSanitizer and
# runs one after the other, each for so many seconds, from the corpus of this folder. Prints for each
# what it executed, how far it got and what it found; exits with 1 if anything was found. A finding is an
# exception other than Error, a sanitizer's report, more than 2 GB, more than 10 seconds.
# Usage: tests/fuzz/run.sh [SECONDS [TARGET...]]   SECONDS: 60; TARGET: every one
# BUILD (build-fuzz) is the build folder; new inputs and findings stay in BUILD/found/TARGET. To keep what
# is new, once a finding is fixed copy it to corpus/TARGET under a name that says what it was, and add the
# inputs that reach further, as few as do:
#   BUILD/tests/fuzz/fuzz_TARGET -set_cover_merge=1 -use_counters=0 tests/fuzz/corpus/TARGET BUILD/found/TARGET/inputs
# The inputs that all began with are written by BUILD/tests/fuzz/fuzz_seeds (seeds.cpp).
set -euo pipefail
cd "$(dirname "$0")/../.."
here=tests/fuzz
build="${BUILD:-build-fuzz}"
seconds="${1:-60}"
shift || true
targets=("$@")
[ ${#targets[@]} -gt 0 ] || targets=($(cd $here/targets && ls | sed 's/\.cpp$//'))

third_party/setup.sh build test lint
cmake -S . -B "$build" -G Ninja -DCMAKE_C_COMPILER=clang-16 -DCMAKE_CXX_COMPILER=clang++-16 \
  -DCMAKE_BUILD_TYPE=RelWithDebInfo -DCMAKE_CXX_FLAGS_RELWITHDEBINFO="-O1 -g1" \
  -DCORTICAST_SANITIZE=address,undefined,fuzzer-no-link -DCORTICAST_FUZZ=ON -DCORTICAST_CUDA=OFF >/dev/null
cmake --build "$build" --target "${targets[@]/#/fuzz_}"

symbolizer="$(command -v llvm-symbolizer-16 || command -v llvm-symbolizer || true)"
[ -z "$symbolizer" ] || export ASAN_SYMBOLIZER_PATH="$symbolizer" UBSAN_SYMBOLIZER_PATH="$symbolizer"
[ ! -w /dev/shm ] || export TMPDIR=/dev/shm  # conversions write and flush a file each

statistic() { sed -n "s/^stat::$2: *//p" "$1"; }
summary="$(printf '%-13s %12s %10s %14s %14s %8s\n' target executions per_second edges inputs findings)"
found_any=0
for target in "${targets[@]}"; do
  folder="$build/found/$target"
  mkdir -p "$folder/inputs" "$folder/findings"
  case "$target" in
    words) longest=96 ;;
    checkpoint | model_file) longest=32768 ;;
    manifest) longest=65536 ;;
    *) longest=16384 ;;
  esac
  echo "$target: $seconds s, log in $folder/log" >&2
  before=$(ls "$folder/findings" | wc -l)
  "$build/$here/fuzz_$target" "$folder/inputs" $here/corpus/"$target" \
    -max_total_time="$seconds" -max_len=$longest -timeout=10 -rss_limit_mb=2048 \
    -dict=$here/dictionaries/"$target".dict -artifact_prefix="$folder/findings/" \
    -print_final_stats=1 >"$folder/log" 2>&1 || true
  findings=$(($(ls "$folder/findings" | wc -l) - before))
  [ "$findings" -eq 0 ] || found_any=1
  edges="$(sed -n 's/.*INITED cov: \([0-9]*\).*/\1/p' "$folder/log") to $(
    sed -n 's/^#.* cov: \([0-9]*\) .*/\1/p' "$folder/log" | tail -1)"
  summary+="$(printf '\n%-13s %12s %10s %14s %14s %8s' "$target" \
    "$(statistic "$folder/log" number_of_executed_units)" \
    "$(statistic "$folder/log" average_exec_per_sec)" "$edges" \
    "$(ls "$folder/inputs" | wc -l) new" "$findings")"
done
echo "$summary"
exit $found_any
