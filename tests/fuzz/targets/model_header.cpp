// The header of a model file. The input is its JSON text: length, padding and file size are made to
// fit, so that changing a character leads past them; a header that is accepted gets data and
// checksums and is read to the end.
#include <algorithm>
#include <cctype>
#include <cstring>

#include "engine/base/checked_math.h"
#include "tests/fuzz/model_bytes.h"
#include "tests/fuzz/target.h"

using namespace corticast;

namespace {

constexpr std::uint64_t kMostData = 1u << 20;

// The last tensor's end is the largest number in a header.
std::uint64_t largest_number(std::string_view text) {
  std::uint64_t largest = 0;
  std::uint64_t number = 0;
  for (const char c : text) {
    const bool digit = std::isdigit(static_cast<unsigned char>(c)) != 0;
    number = digit && number < (1ull << 60) / 10 ? 10 * number + static_cast<unsigned>(c - '0') : 0;
    largest = std::max(largest, number);
  }
  return largest;
}

std::string framed(std::string text) {
  text.resize(round_up(8 + text.size(), 64) - 8, ' ');
  const std::uint64_t length = text.size();
  std::string start(sizeof length, '\0');
  std::memcpy(start.data(), &length, sizeof length);
  return start + text;
}

void fill(std::vector<std::byte>& file, const format::Validated& valid) {
  for (std::size_t i = valid.header.data_begin; i < file.size(); ++i) {
    file[i] = static_cast<std::byte>(i * 37);
  }
  if (valid.info.vertex_set == "none") return;
  for (std::uint32_t v = 0; v < valid.info.vertices; ++v) {
    const std::uint32_t grayordinate = v + v / 3;
    std::memcpy(file.data() + valid.header.data_begin + v * sizeof v, &grayordinate, sizeof v);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text = fuzz::text_of(data, size);
  const std::string start = framed(text);
  const std::uint64_t bytes = start.size() + largest_number(text);
  fuzz::answers([&] {
    const format::Validated valid = format::validate(as_byte_span(start), bytes, "x");
    fuzz::demand(valid.header.tensors.back().end == bytes, "tensors fill the file");
    if (bytes > kMostData) return;
    const ByteSpan header = as_byte_span(start);
    std::vector<std::byte> file(header.begin(), header.end());
    file.resize(bytes);
    fill(file, valid);
    fuzz::reseal(file, valid.header);
    fuzz::read_everything(file);
  });
  return 0;
}
