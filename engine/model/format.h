// The corticast model file, versions 1 and 2.
//
// A model file is a safetensors file, so that any Python user can open it:
//   safetensors.numpy.load_file(path)["readout.sub-01_NSD.features"]
// It needs no private reader, executes nothing and can be memory-mapped. What safetensors leaves
// open is fixed here: the tensors and their order, 64-byte alignment, checksums and limits. Reader
// and writer share layout(), to_metadata() and validate(), so neither can drift from the other.
//
// CONTAINER (safetensors.h)
//   bytes 0..7   N, the header's length, little-endian, at most 16 MiB
//   N bytes      a JSON object, UTF-8, first byte '{', padded with spaces so that the data begin at
//                a multiple of 64. No object in it has a key twice.
//   the rest     tensor data. The tensors' ranges tile it: no gap, no overlap, no byte after the
//                last tensor. A truncated or lengthened file therefore never opens.
//   At most 65,536 tensors of rank <= 8; names unique, 1..256 bytes; dtypes F32, I32, U8.
//
// METADATA ("__metadata__", strings; all required, unknown keys ignored)
//   format          corticast-model
//   format_version  1; 2 where something is known of a subject. A later one is refused, never
//                   half-read.
//   family          cnn8
//   model_id        name for people and for outputs
//   model_hash      64 hex digits, see below
//   untrained       true: the weights are synthetic; false
//   head            multihead: one readout per subject; singlehead: one readout
//   channels        C, 1..65,536
//   vertices        V, 1..16,777,216 rows of every readout
//   vertex_set      all, visual: output columns are grayordinates; none: they are just numbered
//   subjects        keys like sub-01_NSD, comma-separated, in readout order, each once;
//                   singlehead: one, or empty if unknown
//   preprocessing   the image recipe in words
//   source_file, source_sha256  the checkpoint; empty for synthetic weights
//   converter       program and version
//   note            free text
//   subject_metadata  version 2 only: key=bytes of each subject of whom something is known,
//                   comma-separated, in readout order, at least one; bytes (1 to 32 MiB) is the
//                   length of the JSON text below. Singlehead: readout=bytes
//   No value holds a control character.
//
// TENSORS, in this order
//   grayordinates              I32 [V]          only if vertex_set is not none (then V <= 59,412);
//                                               ascending, 0..59,411, of output column v
//   core.block<b>.weight       F32 [C,Cin,k,k]  b = 1..8; batch norm folded in, in double; rounded
//   so
//                                               that each k x k filter keeps its sum (a weight may
//                                               differ by a unit in the last place from W * s)
//   core.block<b>.bias         F32 [C]
//   then for each readout, with R = "readout.<subject key>" (singlehead: R = "readout")
//   R.spatial                  F32 [V,676]      mask, row * 26 + column, already divided by
//                                               (its L2 norm + 1e-6)
//   R.features                 F32 [V,C]
//   R.bias                     F32 [V]
//   in version 2 then for each subject named in subject_metadata, with S = "subject.<subject key>"
//   (singlehead: S = "subject")
//   S.noise_ceilings           F32 [6,91282]    train_n-1, train_n-avg, test_n-1, test_n-avg,
//                                               artificial_n-1, artificial_n-avg of every
//                                               grayordinate; NaN where there is none
//   S.json                     U8 [1,bytes]     JSON, UTF-8, see subject_json.h
//   Each data tensor T above is followed directly by
//   checksum.T                 U8 [n]           XXH3-64, little-endian, of each block of 16 rows
//                                               (first dimension; the last block may be shorter),
//                                               then zeros up to the next multiple of 64 bytes in
//                                               the file, so that every data tensor is aligned
//   and the last tensor is
//   checksum.header            U8 [8]           XXH3-64 of the first 8 + N bytes
//   Any other tensor is refused. Any bit pattern is a legal float.
//
// CHECKSUMS
//   Opening a file checks the header and the grayordinates; core and readout blocks are checked
//   before they are used, and only the blocks that are used. XXH3 finds damage, not forgery.
//   model_hash names the weights: SHA-256 over, for each data tensor in file order, the text
//   "<name> <dtype> [<dim>,...]\n" followed by its blocks' checksums (without the zeros); tensors
//   of S, which are no weights, are left out, so metadata leave the hash as it was. It covers every
//   weight through its block's checksum, so equal weights have equal hashes whatever the metadata
//   say, and checking it costs one pass at memory speed.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "engine/model/model.h"
#include "engine/model/safetensors.h"

namespace corticast::format {

inline constexpr unsigned kVersion = 2;  // the latest
inline constexpr std::uint64_t kRowsPerBlock = 16;
inline constexpr std::uint64_t kSumBytes = 8;  // one XXH3-64
// These two caps keep every size in layout() below 2^50, so its arithmetic cannot overflow.
inline constexpr std::uint32_t kMaxChannels = 65'536;
inline constexpr std::uint32_t kMaxVertices = 1u << 24;
inline constexpr std::uint32_t kCorticalGrayordinates = 59'412;  // both hemispheres of fsLR 32k

inline constexpr std::uint64_t kMaxMetadataBytes = 32u << 20;  // of one subject's JSON

inline constexpr const char* kGrayordinates = "grayordinates";
inline constexpr const char* kHeaderSum = "checksum.header";
inline constexpr const char* kSumPrefix = "checksum.";

// The recipe that engine/image carries out, for the metadata `preprocessing`.
inline constexpr const char* kPreprocessing =
    "8-bit RGB, centre crop to the short side, antialiased bilinear resize to 224x224 in 8 bits, "
    "divide by 255, subtract mean (0.485, 0.456, 0.406), divide by std (0.229, 0.224, 0.225)";

// "readout.sub-01_NSD", or "readout" for a singlehead model.
std::string readout_name(const ModelInfo& info, std::size_t index);
// "subject.sub-01_NSD", or "subject" for a singlehead model.
std::string subject_name(const ModelInfo& info, std::size_t index);
// True for what model_hash covers.
bool is_weight(const safetensors::Tensor& tensor);

// Every tensor of a model with these facts, in file order, with ranges counted from the first data
// byte. Reads head, channels, vertices, subjects, vertex_set and metadata_bytes, which must be
// within the limits.
std::vector<safetensors::Tensor> layout(const ModelInfo& info);

// The metadata of a model, in the order written. Bytes that a header cannot hold (control
// characters, text that is not UTF-8) become '?'.
std::vector<std::pair<std::string, std::string>> to_metadata(const ModelInfo& info);

// The facts that metadata state; grayordinates stay empty. Throws Error{kModel}.
ModelInfo from_metadata(const safetensors::Metadata& metadata, const std::string& name);

// Refuses another format or a later version. Throws Error{kModel}.
void check_version(const safetensors::Metadata& metadata, const std::string& name);

// Refuses grayordinates that are out of range or not ascending. Throws Error{kModel}.
void check_grayordinates(const std::vector<std::int32_t>& grayordinates, const std::string& name);

struct Validated {
  safetensors::Header header;
  ModelInfo info;  // without grayordinates, which lie in the data
};

// The one validator: every rule above that can be checked without the data. `start` holds at least
// the header; file_bytes is the size of the whole file; name is used in messages.
// Throws Error{kModel}.
Validated validate(ByteSpan start, std::uint64_t file_bytes, const std::string& name);

}  // namespace corticast::format
