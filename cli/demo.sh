#!/usr/bin/env bash
# The main job on an embedded default: sets up everything, builds, makes an untrained full-width
# model of one subject, encodes a few photographs, and says how to do the same with real weights.
set -euo pipefail
cd "$(dirname "$0")/.."
third_party/setup.sh build
cmake -S . -B build -G Ninja -DCMAKE_BUILD_TYPE=Release -DCORTICAST_TESTS=OFF
cmake --build build --target corticast corticast-weights

model=build/demo/untrained.corticast
responses=build/demo/responses.h5
photographs=(tests/data/images/astro_301x466_prog444.jpg tests/data/images/chelsea_231x340_rgba.png
             tests/data/images/rocket_400x267_420.jpg tests/data/images/camera_317x256_gray8.png)
mkdir -p build/demo
[ -e "$model" ] || build/weights_tool/corticast-weights synth -o "$model" --subjects NSD-01 --seed 1
build/cli/corticast encode "${photographs[@]}" -m "$model" -o "$responses" --force

cat <<TEXT

$responses holds the predicted responses of subject NSD-01 at 57,051 cortical vertices
to ${#photographs[@]} photographs, under /responses/NaturalScenesDataset/sub-01 (float32, image x vertex).
The weights are random, so the numbers mean nothing yet. With the published ones:

  curl -LO https://mosaicfmri.s3.amazonaws.com/brain_optimized_checkpoints/model-CNN8_framework-multihead_subjects-NSD_vertices-all.pth
  build/weights_tool/corticast-weights convert model-CNN8_framework-multihead_subjects-NSD_vertices-all.pth -o nsd.corticast
  build/cli/corticast encode PHOTOGRAPHS -m nsd.corticast -o responses.h5
TEXT
