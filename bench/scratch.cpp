#include "bench/scratch.h"

#include <cerrno>
#include <cstdlib>
#include <cstring>

#include "engine/base/error.h"

namespace corticast::bench {

Scratch::Scratch() {
  std::error_code failure;
  const std::filesystem::path parent = std::filesystem::temp_directory_path(failure);
  std::string pattern = (parent / "corticast-bench.XXXXXX").string();
  if (failure || ::mkdtemp(pattern.data()) == nullptr) {
    throw Error(ErrorCode::kOutput,
                "cannot make a folder in " + (failure ? "TMPDIR" : parent.string()) + ": " +
                    (failure ? failure.message() : std::strerror(errno)),
                "Set TMPDIR to a folder that can be written to.");
  }
  path_ = pattern;
}

Scratch::~Scratch() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

}  // namespace corticast::bench
