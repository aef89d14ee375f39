#include "engine/model/safetensors.h"

#include <algorithm>

#include "engine/base/checked_math.h"
#include "engine/base/error.h"
#include "engine/base/json.h"
#include "engine/base/text.h"

namespace corticast::safetensors {
namespace {

constexpr std::string_view kMetadataKey = "__metadata__";
constexpr std::size_t kMaxDepth = 3;  // header, tensor entry, its shape
constexpr Dtype kDtypes[] = {Dtype::kF32, Dtype::kI32, Dtype::kU8};

constexpr const char* kConvertAgain =
    "Copy the file again, or convert the checkpoint again with 'corticast-weights convert'.";

// The header's text, or a refusal. Everything here is checked before anything is allocated.
std::string_view header_text(ByteSpan start, std::uint64_t file_bytes, const std::string& name) {
  const std::string_view text = as_text(start);
  if (text.starts_with("PK\x03\x04") || text.starts_with("\x80\x02")) {
    refuse(name, "it looks like a PyTorch checkpoint",
           "Convert it with 'corticast-weights convert " + name + " -o OUT'.");
  }
  if (file_bytes < kLengthBytes || start.size() < kLengthBytes) {
    refuse(name,
           std::to_string(file_bytes) + " bytes, too short for the 8 bytes of a header length",
           kConvertAgain);
  }
  const auto length = load_le<std::uint64_t>(start.data());
  if (length > kMaxHeaderBytes) {
    refuse(name, "a header of " + std::to_string(length) + " bytes, more than the limit of " +
                     std::to_string(kMaxHeaderBytes));
  }
  if (!fits(kLengthBytes, length, file_bytes) || !fits(kLengthBytes, length, start.size())) {
    refuse(name,
           "the header ends at byte " + std::to_string(kLengthBytes + length) +
               ", the file at byte " + std::to_string(file_bytes),
           kConvertAgain);
  }
  const std::string_view header = text.substr(kLengthBytes, length);
  if (!header.starts_with('{')) refuse(name, "the header does not begin with '{'");
  if ((kLengthBytes + length) % kAlignment != 0) {
    refuse(name, "data begin at byte " + std::to_string(kLengthBytes + length) +
                     ", not at a multiple of " + std::to_string(kAlignment));
  }
  if (!is_utf8(header)) refuse(name, "the header is not UTF-8");
  // The JSON library takes a zero byte for the end of the text.
  if (header.find('\0') != std::string_view::npos) refuse(name, "a zero byte in the header");
  return header;
}

Json parse(std::string_view text, const std::string& name) {
  try {
    return parse_json(text, kMaxDepth);
  } catch (const JsonError& error) {
    refuse(name, std::string("the header ") + error.what());
  }
}

Metadata read_metadata(const Json& header, const std::string& name) {
  const Json* const found = header.find(std::string(kMetadataKey));
  if (found == nullptr || !found->is_object()) refuse(name, "the header has no metadata");
  Metadata metadata;
  for (const auto& [key, value] : found->items()) {
    if (!value.is_string()) refuse(name, "the metadata " + in_quotes(key) + " is not a string");
    const std::string& text = value.text();
    const auto is_control = [](unsigned char c) { return c < 0x20 || c == 0x7F; };
    if (std::any_of(text.begin(), text.end(), is_control)) {
      refuse(name, "the metadata " + in_quotes(key) + " holds a control character");
    }
    metadata[key] = text;
  }
  return metadata;
}

const Json& member(const Json& entry, const char* key, const std::string& where,
                   const std::string& name) {
  const Json* const found = entry.find(key);
  if (found == nullptr) refuse(name, where + " has no \"" + key + "\"");
  return *found;
}

std::uint64_t whole_number(const Json& value, const std::string& where, const std::string& name) {
  if (!value.is_number_unsigned()) {
    refuse(name, where + ": " + value.dump() + " is not a whole number below 2^64");
  }
  return value.get<std::uint64_t>();
}

Tensor read_tensor(const std::string& tensor_name, const Json& entry, std::uint64_t data_begin,
                   std::uint64_t file_bytes, const std::string& name) {
  if (tensor_name.empty() || tensor_name.size() > kMaxNameBytes) {
    refuse(name, "a tensor name of " + std::to_string(tensor_name.size()) +
                     " bytes, expected 1 to " + std::to_string(kMaxNameBytes));
  }
  const std::string where = "tensor " + in_quotes(tensor_name);
  if (!entry.is_object() || entry.size() != 3) {
    refuse(name, where + " is not described by dtype, shape and data_offsets alone");
  }
  Tensor tensor;
  tensor.name = tensor_name;

  const Json& dtype = member(entry, "dtype", where, name);
  const auto* known = std::find_if(std::begin(kDtypes), std::end(kDtypes), [&](Dtype d) {
    return dtype.is_string() && dtype.text() == dtype_name(d);
  });
  if (known == std::end(kDtypes)) {
    refuse(name, where + ": dtype " + dtype.dump() + ", expected F32, I32 or U8");
  }
  tensor.dtype = *known;

  const Json& shape = member(entry, "shape", where, name);
  if (!shape.is_array() || shape.size() > kMaxRank) {
    refuse(name, where + ": a shape of " + std::to_string(shape.size()) +
                     " dimensions, expected at most " + std::to_string(kMaxRank));
  }
  std::uint64_t bytes = dtype_bytes(tensor.dtype);
  for (const Json& dim : shape.elements()) {
    tensor.shape.push_back(whole_number(dim, where + ", shape", name));
    const auto product = checked_mul(bytes, tensor.shape.back());
    if (!product) refuse(name, where + ": the shape needs more than 2^64 bytes");
    bytes = *product;
  }

  const Json& offsets = member(entry, "data_offsets", where, name);
  if (!offsets.is_array() || offsets.size() != 2) {
    refuse(name, where + ": data_offsets is not a pair");
  }
  const std::uint64_t first = whole_number(offsets.elements()[0], where + ", data_offsets", name);
  const std::uint64_t last = whole_number(offsets.elements()[1], where + ", data_offsets", name);
  if (first > last || last > file_bytes - data_begin) {
    refuse(name,
           where + ": data from " + std::to_string(first) + " to " + std::to_string(last) +
               ", the file holds " + std::to_string(file_bytes - data_begin),
           kConvertAgain);
  }
  if (last - first != bytes) {
    refuse(name, where + ": " + std::to_string(last - first) +
                     " bytes in the file, its shape needs " + std::to_string(bytes));
  }
  tensor.begin = data_begin + first;
  tensor.end = data_begin + last;
  return tensor;
}

// Sorted by position, the tensors must follow each other from the first data byte to the last.
void check_tiling(const Header& header, std::uint64_t file_bytes, const std::string& name) {
  std::uint64_t at = header.data_begin;
  for (const Tensor& tensor : header.tensors) {
    if (tensor.begin != at) {
      refuse(name, std::string(tensor.begin < at ? "overlapping data" : "a gap in the data") +
                       ": tensor " + in_quotes(tensor.name) + " begins at byte " +
                       std::to_string(tensor.begin) + ", expected " + std::to_string(at));
    }
    at = tensor.end;
  }
  if (at != file_bytes) {
    refuse(name,
           "the tensors end at byte " + std::to_string(at) + ", the file at byte " +
               std::to_string(file_bytes),
           kConvertAgain);
  }
}

}  // namespace

std::string_view dtype_name(Dtype dtype) {
  return dtype == Dtype::kF32 ? "F32" : dtype == Dtype::kI32 ? "I32" : "U8";
}

std::uint64_t dtype_bytes(Dtype dtype) {
  return dtype == Dtype::kU8 ? 1 : 4;
}

std::string Tensor::describe() const {
  std::string text = std::string(dtype_name(dtype)) + " [";
  for (const std::uint64_t dim : shape) text += std::to_string(dim) + ",";
  if (!shape.empty()) text.pop_back();
  return text + "]";
}

Header parse_header(ByteSpan start, std::uint64_t file_bytes, const std::string& name,
                    const std::function<void(const Metadata&)>& accept) {
  const std::string_view text = header_text(start, file_bytes, name);
  const Json parsed = parse(text, name);
  Header header;
  header.data_begin = kLengthBytes + text.size();
  header.metadata = read_metadata(parsed, name);
  accept(header.metadata);
  if (parsed.size() - 1 > kMaxTensors) {
    refuse(name, std::to_string(parsed.size() - 1) + " tensors, more than the limit of " +
                     std::to_string(kMaxTensors));
  }
  for (const auto& [key, entry] : parsed.items()) {
    if (key == kMetadataKey) continue;
    header.tensors.push_back(read_tensor(key, entry, header.data_begin, file_bytes, name));
  }
  std::sort(header.tensors.begin(), header.tensors.end(), [](const Tensor& a, const Tensor& b) {
    return std::pair(a.begin, a.end) < std::pair(b.begin, b.end);
  });
  check_tiling(header, file_bytes, name);
  return header;
}

std::string make_header(const std::vector<std::pair<std::string, std::string>>& metadata,
                        const std::vector<Tensor>& tensors) {
  std::string text = "{" + json_text(kMetadataKey) + ":{";
  for (const auto& [key, value] : metadata) {
    text += (text.back() == '{' ? "" : ",") + json_text(key) + ":" + json_text(value);
  }
  text += "}";
  for (const Tensor& tensor : tensors) {
    Json::Array shape(tensor.shape.begin(), tensor.shape.end());
    text += "," + json_text(tensor.name) + ":{\"dtype\":" + json_text(dtype_name(tensor.dtype)) +
            ",\"shape\":" + Json(std::move(shape)).dump() + ",\"data_offsets\":[" +
            std::to_string(tensor.begin) + "," + std::to_string(tensor.end) + "]}";
  }
  text += "}";
  text.resize(round_up(kLengthBytes + text.size(), kAlignment) - kLengthBytes, ' ');
  const std::uint64_t length = text.size();
  std::string bytes(kLengthBytes, '\0');
  std::memcpy(bytes.data(), &length, kLengthBytes);
  return bytes + text;
}

void refuse(const std::string& name, const std::string& what, std::string hint) {
  throw Error(ErrorCode::kModel, name + ": not a usable model file: " + what, std::move(hint));
}

std::string in_quotes(std::string_view text) {
  return json_text(text);
}

}  // namespace corticast::safetensors
