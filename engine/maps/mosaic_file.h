// MOSAIC's layout: what its reader and its writer have to agree on.
//
//   /betas               group, its members in the order of the maps (creation order is tracked,
//   and
//                        h5py lists them so)
//     corticast          attribute: version; only in files of this program
//     <name>             float32 [91282], NaN: no value. Name as mosaic_names.h says; in MOSAIC's
//     own
//                        files "sub-01_NSD_stimulus-<stem>_phase-test_rep-0"
//       presented_stimulus_filename   attribute: the map's name as it is
//       repetition                    attribute: how many maps of this name come before
//
// The attributes of a dataset are those of MOSAIC's own files that a prediction can have.
#pragma once

namespace corticast::mosaic {

inline constexpr const char* kGroup = "betas";
inline constexpr const char* kWriter = "corticast";
inline constexpr const char* kStimulus = "presented_stimulus_filename";
inline constexpr const char* kRepetition = "repetition";

}  // namespace corticast::mosaic
