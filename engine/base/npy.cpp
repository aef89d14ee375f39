#include "engine/base/npy.h"

#include <charconv>
#include <string_view>

#include "engine/base/checked_math.h"

namespace corticast {
namespace {

constexpr std::string_view kMagic = "\x93NUMPY";

[[noreturn]] void refuse(ErrorCode code, const std::string& name, const std::string& what) {
  throw Error(code, name + ": not a usable .npy file: " + what,
              "Save a plain little-endian array in C order: numpy.save(path, "
              "numpy.ascontiguousarray(array, dtype=array.dtype.newbyteorder('<'))).");
}

// The text after `'key':` in the header dictionary, or nothing.
std::string_view value_of(std::string_view header, std::string_view key) {
  const std::size_t at = header.find(key);
  if (at == std::string_view::npos) return {};
  std::string_view rest = header.substr(at + key.size());
  const std::size_t start = rest.find_first_not_of(" :");
  return start == std::string_view::npos ? std::string_view{} : rest.substr(start);
}

}  // namespace

NpyHeader parse_npy(ByteSpan file, const std::string& name, ErrorCode code, NpyOrder accepted) {
  const std::string_view text = as_text(file);
  if (!text.starts_with(kMagic) || text.size() < 12) refuse(code, name, "bad magic");
  const int major = static_cast<unsigned char>(text[6]);
  if (major < 1 || major > 3) refuse(code, name, "version " + std::to_string(major));
  const std::uint64_t prefix = major == 1 ? 10 : 12;
  const std::uint64_t length = major == 1 ? load_le<std::uint16_t>(text.data() + 8)
                                          : load_le<std::uint32_t>(text.data() + 8);
  if (!fits(prefix, length, text.size())) refuse(code, name, "the header is cut short");
  const std::string_view header = text.substr(prefix, length);

  NpyHeader parsed;
  parsed.data_offset = prefix + length;
  const std::string_view dtype = value_of(header, "'descr'");
  if (dtype.empty() || dtype[0] != '\'') refuse(code, name, "the dtype is not a plain number");
  parsed.dtype = dtype.substr(1, dtype.find('\'', 1) - 1);
  if (parsed.dtype.size() != 3 ||
      std::string_view("<|").find(parsed.dtype[0]) == std::string::npos ||
      std::string_view("biuf").find(parsed.dtype[1]) == std::string::npos ||
      std::string_view("1248").find(parsed.dtype[2]) == std::string::npos) {
    refuse(code, name, "dtype '" + parsed.dtype + "'");
  }
  parsed.item_bytes = static_cast<std::uint64_t>(parsed.dtype[2] - '0');
  const std::string_view order = value_of(header, "'fortran_order'");
  parsed.fortran = order.starts_with("True");
  if (!order.starts_with("False") && (!parsed.fortran || accepted == NpyOrder::kC)) {
    refuse(code, name, "the array is not in C order");
  }

  std::string_view shape = value_of(header, "'shape'");
  if (shape.empty() || shape[0] != '(') refuse(code, name, "the shape is missing");
  shape = shape.substr(1, shape.find(')') - 1);
  std::uint64_t items = 1;
  while (!shape.empty()) {
    std::uint64_t dim = 0;
    const auto [end, status] = std::from_chars(shape.data(), shape.data() + shape.size(), dim);
    const auto product = checked_mul(items, dim);
    if (status != std::errc{} || !product) refuse(code, name, "the shape is not usable");
    items = *product;
    parsed.shape.push_back(dim);
    shape.remove_prefix(static_cast<std::size_t>(end - shape.data()));
    const std::size_t next = shape.find_first_not_of(", ");
    shape = next == std::string_view::npos ? std::string_view{} : shape.substr(next);
  }
  parsed.items = items;
  const auto bytes = checked_mul(items, parsed.item_bytes);
  if (!bytes || !fits(parsed.data_offset, *bytes, text.size())) {
    refuse(code, name,
           std::to_string(text.size() - parsed.data_offset) + " data bytes, the shape needs " +
               (bytes ? std::to_string(*bytes) : "more than 2^64"));
  }
  return parsed;
}

std::string make_npy_header(const std::string& dtype, const std::vector<std::uint64_t>& shape) {
  std::string dims;
  for (const std::uint64_t dim : shape) dims += std::to_string(dim) + ", ";
  if (shape.size() > 1) dims.resize(dims.size() - 2);
  std::string dictionary =
      "{'descr': '" + dtype + "', 'fortran_order': False, 'shape': (" + dims + "), }";
  const std::uint64_t total = round_up(kMagic.size() + 4 + dictionary.size() + 1, 64);
  dictionary.append(total - kMagic.size() - 4 - dictionary.size() - 1, ' ');
  dictionary += '\n';
  std::string header(kMagic);
  header += '\x01';
  header += '\x00';
  header += static_cast<char>(dictionary.size() & 0xFF);
  header += static_cast<char>(dictionary.size() >> 8);
  return header + dictionary;
}

}  // namespace corticast
