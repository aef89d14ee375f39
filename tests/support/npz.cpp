#include "tests/support/npz.h"

#include <zlib.h>

#include <algorithm>
#include <cmath>
#include <stdexcept>

#include "engine/base/checked_math.h"
#include "engine/base/file.h"

namespace corticast::test {
namespace {

std::vector<std::byte> inflate_raw(ByteSpan packed, std::size_t size) {
  std::vector<std::byte> out(size);
  z_stream stream{};
  if (inflateInit2(&stream, -MAX_WBITS) != Z_OK) throw std::runtime_error("inflateInit2");
  stream.next_in =
      const_cast<Bytef*>(static_cast<const Bytef*>(static_cast<const void*>(packed.data())));
  stream.avail_in = static_cast<uInt>(packed.size());
  stream.next_out = static_cast<Bytef*>(static_cast<void*>(out.data()));
  stream.avail_out = static_cast<uInt>(size);
  const int status = inflate(&stream, Z_FINISH);
  inflateEnd(&stream);
  if (status != Z_STREAM_END) throw std::runtime_error("inflate failed");
  return out;
}

// Reorders items from first axis fastest (Fortran order) to last axis fastest.
std::vector<std::byte> to_c_order(const Array& array, std::size_t item) {
  std::vector<std::byte> out(array.bytes.size());
  for (std::size_t i = 0; i < array.items(); ++i) {
    std::size_t rest = i;
    std::size_t c_index = 0;
    std::vector<std::size_t> index;
    for (const std::uint64_t dim : array.shape) {
      index.push_back(rest % dim);
      rest /= dim;
    }
    for (std::size_t d = 0; d < index.size(); ++d) c_index = c_index * array.shape[d] + index[d];
    std::copy_n(array.bytes.data() + i * item, item, out.data() + c_index * item);
  }
  return out;
}

// Text dtypes ("<U30", "|S20") are not for users' files, so parse_npy refuses them; goldens have
// them.
Array parse_array(ByteSpan file, const std::string& name) {
  const std::string_view text = as_text(file);
  const std::size_t at = text.find("'descr': '");
  const std::string dtype(text.substr(at + 10, text.find('\'', at + 10) - at - 10));
  if (dtype.size() > 1 && (dtype[1] == 'U' || dtype[1] == 'S')) {
    const std::size_t offset = 10u + load_le<std::uint16_t>(text.data() + 8);
    const std::size_t item = std::stoul(dtype.substr(2)) * (dtype[1] == 'U' ? 4 : 1);
    return {dtype, {(file.size() - offset) / item}, {file.begin() + offset, file.end()}};
  }
  if (const std::size_t order = text.substr(0, 256).find("True, 'shape'");
      order != std::string_view::npos) {
    std::vector<std::byte> relabelled(file.begin(), file.end());
    std::copy_n(as_byte_span("False,").data(), 6, relabelled.data() + order);
    Array array = parse_array(relabelled, name);
    array.bytes = to_c_order(array, array.bytes.size() / std::max<std::size_t>(array.items(), 1));
    return array;
  }
  const NpyHeader header = parse_npy(file, name, ErrorCode::kInternal);
  const auto first = file.begin() + static_cast<std::ptrdiff_t>(header.data_offset);
  return {header.dtype,
          header.shape,
          {first, first + static_cast<std::ptrdiff_t>(header.items * header.item_bytes)}};
}

}  // namespace

std::filesystem::path data_path(const std::string& relative) {
  return std::filesystem::path(CORTICAST_TEST_DATA) / relative;
}

std::size_t Array::items() const {
  std::size_t n = 1;
  for (const std::uint64_t dim : shape) n *= dim;
  return n;
}

Array load_npy(const std::filesystem::path& path) {
  return parse_array(read_file(path, 1u << 30, ErrorCode::kInternal), path.string());
}

std::map<std::string, Array> load_npz(const std::filesystem::path& path) {
  const std::vector<std::byte> file = read_file(path, 1u << 30, ErrorCode::kInternal);
  const std::byte* base = file.data();
  const std::size_t end = file.size() - 22;  // our goldens have no archive comment
  if (load_le<std::uint32_t>(base + end) != 0x06054b50) throw std::runtime_error("not an npz");
  std::map<std::string, Array> arrays;
  std::size_t entry = load_le<std::uint32_t>(base + end + 16);
  for (unsigned i = 0; i < load_le<std::uint16_t>(base + end + 10); ++i) {
    const auto method = load_le<std::uint16_t>(base + entry + 10);
    const std::size_t packed = load_le<std::uint32_t>(base + entry + 20);
    const std::size_t size = load_le<std::uint32_t>(base + entry + 24);
    const std::size_t name_length = load_le<std::uint16_t>(base + entry + 28);
    const std::size_t skip = load_le<std::uint16_t>(base + entry + 30) +
                             std::size_t{load_le<std::uint16_t>(base + entry + 32)};
    const std::size_t local = load_le<std::uint32_t>(base + entry + 42);
    std::string name(as_text({base + entry + 46, name_length}));
    name.resize(name.size() - 4);  // ".npy"
    const std::size_t data = local + 30 + load_le<std::uint16_t>(base + local + 26) +
                             load_le<std::uint16_t>(base + local + 28);
    const ByteSpan bytes(base + data, packed);
    arrays[name] =
        method == 0 ? parse_array(bytes, name) : parse_array(inflate_raw(bytes, size), name);
    entry += 46 + name_length + skip;
  }
  return arrays;
}

std::vector<std::string> text_items(const Array& array) {
  const std::size_t width = std::stoul(array.dtype.substr(2));
  const std::size_t step = array.dtype[1] == 'U' ? 4 : 1;
  std::vector<std::string> items;
  for (std::size_t i = 0; i < array.items(); ++i) {
    std::string text;
    for (std::size_t k = 0; k < width; ++k) {
      const char c = load_le<char>(array.bytes.data() + (i * width + k) * step);
      if (c != '\0') text += c;
    }
    items.push_back(text);
  }
  return items;
}

Distance distance(const float* a, const double* b, std::size_t n) {
  double error2 = 0, norm2 = 0, worst = 0, largest = 0;
  for (std::size_t i = 0; i < n; ++i) {
    const double error = std::abs(a[i] - b[i]);
    error2 += error * error;
    norm2 += b[i] * b[i];
    worst = std::isnan(error) ? error : std::max(worst, error);
    largest = std::max(largest, std::abs(b[i]));
  }
  return {std::sqrt(error2 / norm2), worst / largest};
}

}  // namespace corticast::test
