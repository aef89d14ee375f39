#include "tests/fuzz/target.h"

#include <sys/mman.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>

namespace corticast::fuzz {

void demand(bool holds, const std::string& promise) {
  if (holds) return;
  std::fprintf(stderr, "does not hold: %s\n", promise.c_str());
  std::abort();
}

MemoryFile::MemoryFile(ByteSpan bytes)
    : descriptor_(::memfd_create("input", MFD_CLOEXEC)),
      path_("/proc/self/fd/" + std::to_string(descriptor_)) {
  const auto size = static_cast<ssize_t>(bytes.size());
  demand(descriptor_ >= 0 && ::write(descriptor_, bytes.data(), bytes.size()) == size,
         "a file in memory can be written");
}

MemoryFile::~MemoryFile() {
  ::close(descriptor_);
}

}  // namespace corticast::fuzz
