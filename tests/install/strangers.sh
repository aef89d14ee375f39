#!/usr/bin/env bash
# Other people's projects against the installed tree. Usage: strangers.sh CASE, with these in the
# environment: BUILD (the build to install), SOURCE (the checkout), WORK (a folder of the test's own),
# HELPER, FAKE_CUDA (programs), CC, CXX, GENERATOR, LIBDIR, LAUNCHER (of compilers; may be empty), WERROR.
set -euo pipefail
strangers=$SOURCE/tests/install/strangers
tree=$WORK/tree

not_run() { echo "not run: $1"; exit 77; }
fail() { echo "strangers.sh: $1" >&2; exit 1; }

# The project says what the command line says. $1: the program, $2: its name here.
check_responses() {
  rm -f "$WORK/$2.f32"
  LD_LIBRARY_PATH=$tree/$LIBDIR "$1" "$WORK/model" V1,MT "$WORK/$2.f32" "$WORK/a.bmp" "$WORK/b.bmp"
  "$HELPER" same "$WORK/$2.f32" "$WORK/cli.h5"
}

cmake_project() { # name, more arguments of cmake
  rm -rf "$WORK/$1"
  cmake -S "$strangers/$1" -B "$WORK/$1" -G "$GENERATOR" -DCMAKE_C_COMPILER="$CC" \
    -DCMAKE_CXX_COMPILER="$CXX" -DCMAKE_BUILD_TYPE=Release "${@:2}"
  nice cmake --build "$WORK/$1" --target stranger
  check_responses "$WORK/$1/stranger" "$1"
}

pkg_config() { # prefix, arguments
  command -v pkg-config >/dev/null || not_run "no pkg-config"
  PKG_CONFIG_PATH=$1/$LIBDIR/pkgconfig pkg-config "${@:2}" corticast
}

header_languages() { # C compiler, C++ compiler
  for standard in c99 c17; do
    echo '#include <corticast/corticast.h>' |
      "$1" -x c -std=$standard -Wall -Wextra -pedantic -Werror -I"$tree/include" -fsyntax-only -
  done
  for standard in c++11 c++17 c++20; do
    echo '#include <corticast/corticast.h>' |
      "$2" -x c++ -std=$standard -Wall -Wextra -pedantic -Werror -I"$tree/include" -fsyntax-only -
  done
  for standard in c++17 c++20; do
    "$2" -std=$standard -Wall -Wextra -pedantic -Wshadow -Wconversion -Werror -I"$tree/include" \
      -fsyntax-only "$strangers/main.cpp"
  done
}

case "$1" in
install)
  rm -rf "$WORK"
  mkdir -p "$WORK"
  cmake --install "$BUILD" --prefix "$WORK/first" >/dev/null
  mv "$WORK/first" "$tree" # everything is found from where it lies
  "$HELPER" pictures "$WORK"
  "$tree/bin/corticast-weights" synth -o "$WORK/model" --features 1 --vertices visual \
    --subjects NSD-01,NSD-03 --seed 7
  "$tree/bin/corticast" encode "$WORK/a.bmp" "$WORK/b.bmp" -m "$WORK/model" -o "$WORK/cli.h5" --roi V1,MT
  grep -rIl "$WORK/first\|$BUILD" "$tree/$LIBDIR" "$tree/include" && fail "these files name the folder they came from"
  true
  ;;
symbols)
  library=$tree/$LIBDIR/libcorticast.so
  readelf -d "$library" | grep -q 'SONAME.*\[libcorticast\.so\.0\]' || fail "the soname is not libcorticast.so.0"
  diff <(grep -oE '^CORTICAST_API .*[ *]corticast_[a-z_]+\(' "$tree/include/corticast/corticast.h" |
    grep -oE 'corticast_[a-z_]+\($' | tr -d '(' | sort) \
    <(nm -D --defined-only "$library" | awk '$3 != "CORTICAST_0" {print $3}' | sed 's/@@CORTICAST_0$//' | sort) ||
    fail "the library exports something else than what corticast.h declares"
  ;;
headers_gcc) header_languages gcc g++ ;;
headers_clang)
  command -v clang-16 >/dev/null && command -v clang++-16 >/dev/null || not_run "no clang-16"
  header_languages clang-16 clang++-16
  ;;
cmake_shared) cmake_project cmake_shared -DCMAKE_PREFIX_PATH="$tree" ;;
cmake_static)
  cmake_project cmake_static -DCMAKE_PREFIX_PATH="$tree"
  ! readelf -d "$WORK/cmake_static/stranger" | grep -q libcorticast || fail "linked with the shared library"
  ;;
subdirectory)
  # The engine is compiled again. Where a launcher (ccache) keeps what the build compiled, with the
  # same flags; elsewhere without optimising anything but what asks for it.
  how=(-DCMAKE_CXX_FLAGS_RELEASE=-O0)
  [ -z "$LAUNCHER" ] || how=(-DCMAKE_CXX_COMPILER_LAUNCHER="$LAUNCHER" -DCORTICAST_WERROR="$WERROR")
  cmake_project subdirectory -DCORTICAST_SOURCE="$SOURCE" -DCORTICAST_CUDA=OFF "${how[@]}"
  ;;
pkg_config)
  # shellcheck disable=SC2046
  $CC -std=c99 -Wall -Wextra -Werror -pedantic "$strangers/example.c" -o "$WORK/example" \
    $(pkg_config "$tree" --cflags --libs)
  check_responses "$WORK/example" pkg_config
  ;;
pkg_config_static)
  # A prefix without the shared library, so that -lcorticast means the archive.
  rm -rf "$WORK/archive"
  cp -R "$tree" "$WORK/archive"
  rm "$WORK/archive/$LIBDIR"/libcorticast.so*
  # shellcheck disable=SC2046
  $CC -std=c99 "$strangers/example.c" -o "$WORK/example_static" \
    $(pkg_config "$WORK/archive" --static --cflags --libs)
  check_responses "$WORK/example_static" pkg_config_static
  ;;
module)
  # A stranger's program finds the CUDA module of the library that it was linked with. The module here
  # is the CPU under another name.
  rm -rf "$WORK/module"
  cp -R "$tree" "$WORK/module"
  mkdir -p "$WORK/module/$LIBDIR/corticast"
  cp "$FAKE_CUDA" "$WORK/module/$LIBDIR/corticast/libcorticast_cuda.so"
  $CC "$strangers/example.c" -I"$tree/include" -L"$tree/$LIBDIR" -lcorticast -o "$WORK/example_module"
  tree=$WORK/module EXAMPLE_DEVICE=cuda CORTICAST_CACHE=$WORK/cache \
    check_responses "$WORK/example_module" module | tee "$WORK/module.txt"
  grep -q "on cuda:0 (a fake card)" "$WORK/module.txt" || fail "it ran elsewhere"
  "$WORK/module/bin/corticast" info --devices | grep -q "a fake card" || fail "the program finds no module"
  ;;
*) fail "unknown case $1" ;;
esac
