#include "tests/model/broken_file.h"

#include <cstdint>
#include <cstring>

#include "engine/base/digest.h"
#include "engine/base/error.h"
#include "tests/support/catch.h"
#include "tests/support/temporary.h"

namespace corticast::test {

std::size_t Parts::begin(const std::string& tensor) const {
  return header.at(tensor).at("data_offsets").at(0).get<std::size_t>();
}

std::string good_file() {
  const TemporaryFolder folder;
  write_model(folder / "m", small_facts(1, 2, true));
  return read_text(folder / "m");
}

Parts good_parts() {
  const std::string file = good_file();
  const auto length = load_le<std::uint64_t>(file.data());
  return {Json::parse(file.substr(8, length)), file.substr(8 + length)};
}

std::string assemble(std::string header_text, std::string data) {
  while ((8 + header_text.size()) % 64 != 0) header_text += ' ';
  const std::uint64_t length = header_text.size();
  std::string file(8, '\0');
  std::memcpy(file.data(), &length, 8);
  file += header_text;
  const std::uint64_t sum = xxh3(as_byte_span(file));
  std::memcpy(data.data() + data.size() - 8, &sum, 8);
  return file + data;
}

std::string assemble(const Parts& parts) {
  return assemble(parts.header.dump(), parts.data);
}

void reseal(Parts& parts, const std::string& tensor) {
  const auto end = parts.header.at(tensor).at("data_offsets").at(1).get<std::size_t>();
  const std::size_t begin = parts.begin(tensor);
  const std::uint64_t sum = xxh3(as_byte_span(parts.data).subspan(begin, end - begin));
  std::memcpy(parts.data.data() + parts.begin("checksum." + tensor), &sum, 8);
}

std::string replaced(std::string text, const std::string& from, const std::string& to) {
  const std::size_t at = text.find(from);
  REQUIRE(at != std::string::npos);
  return text.replace(at, from.size(), to);
}

void check_refused(const std::string& bytes, const std::string& fragment) {
  const TemporaryFolder folder;
  write_text(folder / "m", bytes);
  try {
    const Model model(folder / "m");
    FAIL_CHECK("opened");
  } catch (const Error& error) {
    CHECK(error.code() == ErrorCode::kModel);
    CHECK_THAT(error.what(), contains((folder / "m").string() + ": "));
    CHECK_THAT(error.what(), contains(fragment));
  }
}

}  // namespace corticast::test
