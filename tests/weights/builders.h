// Hand-made checkpoints: a pickle assembled opcode by opcode, and the zip and legacy forms around
// it. Written from the format descriptions, independently of the reader.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "tests/support/temporary.h"

namespace corticast::test {

// Little-endian bytes of a number.
template <typename T>
std::string le(T value) {
  return {static_cast<const char*>(static_cast<const void*>(&value)), sizeof(T)};
}

// Pickle pieces.
inline const std::string kProto = "\x80\x02";
std::string global(const std::string& module, const std::string& name);
std::string text(const std::string& value);                    // BINUNICODE
std::string number(std::int64_t value);                        // LONG1, 8 bytes
std::string numbers(const std::vector<std::int64_t>& values);  // a tuple

struct TensorSpec {
  std::string storage = "FloatStorage";
  std::string key = "0";
  std::int64_t count = 6;
  std::int64_t offset = 0;
  std::vector<std::int64_t> shape = {2, 3};
  std::vector<std::int64_t> stride = {3, 1};
  bool legacy = false;  // a sixth item in the persistent id
};
std::string tensor(const TensorSpec& spec);  // leaves the tensor on the stack

// A whole pickle: {"x": <value>}.
std::string dict_of(const std::string& value);

// Zip pieces. Sizes and positions can be made to lie.
struct ZipSpec {
  std::string name;
  std::string data;
  std::uint16_t method = 0;
  std::uint16_t flags = 0x0808;
  std::int64_t size_lie = -1;    // in the directory, instead of the true size
  std::int64_t header_lie = -1;  // position of the local header in the directory
};
std::string zip(const std::vector<ZipSpec>& entries, const std::string& before_end = "");
// The entries of a checkpoint: a/data.pkl, a/data/0, a/version.
std::vector<ZipSpec> checkpoint_entries(const std::string& pickle, const std::string& storage);
std::string checkpoint_zip(const std::string& pickle, const std::string& storage);

// A legacy stream around an object's pickle; `tail` is what follows the list of keys.
std::string checkpoint_legacy(const std::string& pickle, const std::vector<std::string>& keys,
                              const std::string& tail);

std::string floats(const std::vector<float>& values);

// Opens the bytes as a checkpoint. Returns "" or "<exit code>: <message>".
std::string verdict(const std::string& bytes);

}  // namespace corticast::test
