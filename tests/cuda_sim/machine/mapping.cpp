#include "tests/cuda_sim/machine/mapping.h"

#include <sys/mman.h>

#include <cerrno>
#include <cstring>
#include <stdexcept>
#include <string>
#include <utility>

namespace cuda_sim {
namespace {

constexpr std::uint64_t kPage = 4096;

}  // namespace

Mapping::Mapping(std::uint64_t bytes) : bytes_((bytes + kPage - 1) / kPage * kPage) {
  void* data = mmap(nullptr, bytes_, PROT_READ | PROT_WRITE,
                    MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (data == MAP_FAILED) {
    throw std::runtime_error("simulated device: cannot reserve " + std::to_string(bytes_) +
                             " bytes of address range (" + std::strerror(errno) +
                             "); raise 'ulimit -v' or choose a profile with less memory");
  }
  data_ = data;
}

Mapping::~Mapping() {
  if (data_ != nullptr) munmap(data_, bytes_);
}

Mapping::Mapping(Mapping&& other) noexcept
    : data_(std::exchange(other.data_, nullptr)), bytes_(std::exchange(other.bytes_, 0)) {}

Mapping& Mapping::operator=(Mapping&& other) noexcept {
  std::swap(data_, other.data_);
  std::swap(bytes_, other.bytes_);
  return *this;
}

void Mapping::discard(std::uint64_t offset, std::uint64_t bytes) {
  const std::uint64_t begin = (offset + kPage - 1) / kPage * kPage;
  const std::uint64_t end = (offset + bytes) / kPage * kPage;
  if (begin < end) madvise(static_cast<std::byte*>(data_) + begin, end - begin, MADV_DONTNEED);
}

}  // namespace cuda_sim
