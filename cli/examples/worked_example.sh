#!/usr/bin/env bash
# From photographs to a scored, drawn contrast, with the commands alone.
#
#   cli/examples/worked_example.sh PHOTOGRAPHS OUT
#
# PHOTOGRAPHS is a folder of images named by category, as fLoc names its own: adult-1.jpg, adult-2.jpg,
# house-1.jpg, ... (what stands before the first '-'). OUT is a folder for everything that is made here;
# files of an earlier run are replaced. Run as it is, the model and the "measured" data are random and
# the numbers mean nothing. These variables put your own in their place:
#
#   MODEL=nsd.corticast            a model, from 'corticast-weights convert' ('metadata' adds noise ceilings)
#   MEASURED=sub-01_NSD.hdf5       measured responses, named like the photographs: MOSAIC's HDF5, .dscalar.nii,
#                                  .func.gii or .npy
#   NOISE_CEILING=nsd.corticast:test_n-avg    what scores are normalised by (your own model: nothing, unless said)
#   SUBJECT=NSD-01                 whose cortex
#   CONTRAST='adult>house'         one side against the other; several categories by commas, '*' all others
#   MASK=L_FFC,R_FFC               the areas that the contrast should find
#   SYNTH='--features 8'           how the untrained model is made ('corticast-weights synth --help')
#   CORTICAST, CORTICAST_WEIGHTS   the two programs, where they are not on the PATH
set -euo pipefail
if [ $# -ne 2 ] || [ ! -d "$1" ]; then
  echo "usage: worked_example.sh PHOTOGRAPHS OUT (PHOTOGRAPHS: a folder of adult-1.jpg, house-1.jpg, ...)" >&2
  exit 2
fi
photographs=$1
out=$2
corticast=${CORTICAST:-corticast}
weights=${CORTICAST_WEIGHTS:-corticast-weights}
subject=${SUBJECT:-NSD-01}
contrast=${CONTRAST:-adult>house}
mask=${MASK:-L_FFC,R_FFC}
read -ra synth <<<"${SYNTH:---features 8}"
mkdir -p "$out"
step() { echo && echo "== $*"; }

step "1. A model: yours, or one that was never trained, with invented noise ceilings"
model=${MODEL:-$out/untrained.corticast}
ceiling=${NOISE_CEILING:-}
if [ -z "${MODEL:-}" ]; then
  "$weights" synth -o "$model" "${synth[@]}" --subjects "$subject" --seed 1 --metadata --force
  ceiling=${ceiling:-$model:test_n-avg}
fi
"$corticast" info "$model" --subject "$subject"

step "2. Photographs to predicted responses"
"$corticast" encode "$photographs" -m "$model" -o "$out/predicted.h5" --subjects "$subject" --force

# Maps of the difference, t, d and the number of images, for Workbench, nilearn, nibabel ...; on stdout the
# medians per hemisphere and group, in the table all areas; and how well the difference finds the areas
# of the mask: average precision, and every point of the precision-recall curve. Photographs named as all
# ten categories of fLoc have '--recipe floc' instead of '--contrast' and the rule for names.
step "3. A contrast, against areas that should show it"
"$corticast" contrast "$out/predicted.h5" --categories-from-names prefix --contrast "$contrast" \
  --mask-roi "$mask" --curve "$out/curve.tsv" \
  -o "$out/contrast.dscalar.nii" --table "$out/contrast.tsv" --force

# Without measurements, what another random model says plays the scanner, in the layout that MOSAIC ships.
step "4. Measured responses: yours, or stand-ins"
measured=${MEASURED:-$out/measured.h5}
if [ -z "${MEASURED:-}" ]; then
  "$weights" synth -o "$out/scanner.corticast" "${synth[@]}" --subjects "$subject" --seed 2 --force
  "$corticast" encode "$photographs" -m "$out/scanner.corticast" -o "$out/scanner.h5" --subjects "$subject" --force
  "$corticast" export "$out/scanner.h5" -o "$measured" --format mosaic --force
fi

# Per vertex: Pearson's r, R2, explained variance, and r over the noise ceiling's root.
step "5. How well the predictions match"
"$corticast" score "$out/predicted.h5" "$measured" --average ${ceiling:+--noise-ceiling "$ceiling"} \
  -o "$out/score.dscalar.nii" --table "$out/score.tsv" --force

step "6. Which photograph was seen?"
"$corticast" retrieve "$out/predicted.h5" "$measured" --average --per group -o "$out/ranks.tsv" --force

# Surfaces are the HCP's: the program ships none. 'corticast atlas import --help' says how to get them.
step "7. The contrast on the cortex: a picture, and a page to turn and ask"
if "$corticast" atlas list >/dev/null 2>&1; then
  "$corticast" plot "$out/contrast.dscalar.nii" --map '#0' -o "$out/contrast.png" --force
  "$corticast" plot "$out/contrast.dscalar.nii" -o "$out/contrast.html" --force
else
  echo "not run: no surfaces to draw on (corticast atlas import --help)"
fi
