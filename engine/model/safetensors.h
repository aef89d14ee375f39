// The safetensors container, strictly: an 8-byte little-endian length, a JSON header, then tensor
// data that the header's ranges tile exactly. https://github.com/huggingface/safetensors
// What a model file demands beyond that is in format.h.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/base/bytes.h"

namespace corticast::safetensors {

inline constexpr std::uint64_t kLengthBytes = 8;  // the header's length, before the header
inline constexpr std::uint64_t kMaxHeaderBytes = 16u << 20;
inline constexpr std::uint64_t kMaxTensors = 65'536;
inline constexpr std::uint64_t kMaxNameBytes = 256;
inline constexpr std::uint64_t kMaxRank = 8;
inline constexpr std::uint64_t kAlignment = 64;  // of the first data byte in the file

enum class Dtype { kF32, kI32, kU8 };
std::string_view dtype_name(Dtype dtype);
std::uint64_t dtype_bytes(Dtype dtype);

struct Tensor {
  std::string name;
  Dtype dtype = Dtype::kU8;
  std::vector<std::uint64_t> shape;  // outermost first
  std::uint64_t begin = 0;           // first byte, counted from the start of the file
  std::uint64_t end = 0;             // one past the last byte

  std::uint64_t bytes() const { return end - begin; }
  std::string describe() const;  // "F32 [57051,676]"
};

using Metadata = std::map<std::string, std::string>;

struct Header {
  Metadata metadata;            // the header's "__metadata__"
  std::vector<Tensor> tensors;  // by position in the file
  std::uint64_t data_begin = 0;
};

// Parses and checks a header. `start` holds at least the header; file_bytes is the size of the
// whole file; name is used in messages. `accept` sees the metadata before any tensor is looked at
// and throws to refuse them. Throws Error{kModel}.
Header parse_header(ByteSpan start, std::uint64_t file_bytes, const std::string& name,
                    const std::function<void(const Metadata&)>& accept);

// The bytes of a header, length and padding included, in the order given. Tensor ranges are counted
// from the first data byte here, since the header's own length is not yet known.
std::string make_header(const std::vector<std::pair<std::string, std::string>>& metadata,
                        const std::vector<Tensor>& tensors);

// Throws Error{kModel}: "<name>: not a usable model file: <what>".
[[noreturn]] void refuse(const std::string& name, const std::string& what, std::string hint = {});
// A string from a file, in quotes and with control characters escaped, for messages.
std::string in_quotes(std::string_view text);

}  // namespace corticast::safetensors
