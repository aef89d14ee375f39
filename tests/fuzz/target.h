// What every fuzz target stands on. A target is one function of bytes, with libFuzzer's name: built
// by clang it is fuzzed (run.sh), built by any compiler it is run over its corpus (replay.cpp). An
// Error is an answer; every other exception, a sanitizer's report or a broken demand() is a
// finding.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "engine/base/bytes.h"
#include "engine/base/error.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace corticast::fuzz {

inline ByteSpan bytes_of(const std::uint8_t* data, std::size_t size) {
  return std::as_bytes(std::span(data, size));
}

inline std::string text_of(const std::uint8_t* data, std::size_t size) {
  return std::string(as_text(bytes_of(data, size)));
}

// Ends the process, saying why, unless `holds`.
void demand(bool holds, const std::string& promise);

// Runs `work`; true unless it threw an Error, which must not be one that blames corticast itself.
template <typename Work>
bool answers(const Work& work) {
  try {
    work();
    return true;
  } catch (const Error& error) {
    demand(error.code() != ErrorCode::kInternal, error.what());
    return false;
  }
}

// These bytes under a path, without a disk. A read past their end goes unseen up to the end of the
// page: where code takes memory as well, hand it the bytes.
class MemoryFile {
 public:
  explicit MemoryFile(ByteSpan bytes);
  ~MemoryFile();
  MemoryFile(const MemoryFile&) = delete;
  MemoryFile& operator=(const MemoryFile&) = delete;

  const std::string& path() const { return path_; }

 private:
  int descriptor_;
  std::string path_;
};

}  // namespace corticast::fuzz
