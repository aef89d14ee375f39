// Takes a model file apart, so that tests can break one thing and put it together again.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "tests/model/fixture.h"

namespace corticast::test {

using Json = nlohmann::ordered_json;

struct Parts {
  Json header;
  std::string data;

  Json& metadata() { return header["__metadata__"]; }
  // Position in `data` of a tensor's first byte, as the header says.
  std::size_t begin(const std::string& tensor) const;
};

// Of a model of small_facts(1, 2, true): its bytes and its parts.
std::string good_file();
Parts good_parts();

// A file with this header text, padded to 64 bytes, and these data, whose last 8 bytes become the
// header's checksum.
std::string assemble(std::string header_text, std::string data);
std::string assemble(const Parts& parts);

// Makes a tensor's first checksum match its bytes again; for tensors of at most 16 rows.
void reseal(Parts& parts, const std::string& tensor);

std::string replaced(std::string text, const std::string& from, const std::string& to);

// Demands that opening a file of these bytes throws Error{kModel} with `fragment` in its message.
void check_refused(const std::string& bytes, const std::string& fragment);

}  // namespace corticast::test
