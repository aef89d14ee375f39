// A large range of zeroed host memory of which only the touched pages cost anything.
#pragma once

#include <cstddef>
#include <cstdint>

namespace cuda_sim {

class Mapping {
 public:
  Mapping() = default;
  // Throws std::runtime_error when the system refuses the address range.
  explicit Mapping(std::uint64_t bytes);
  ~Mapping();
  Mapping(Mapping&& other) noexcept;
  Mapping& operator=(Mapping&& other) noexcept;

  bool empty() const { return data_ == nullptr; }
  template <class T>
  T* as() const {
    return static_cast<T*>(data_);
  }
  // Gives back the pages that lie wholly inside the range; they read as zero afterwards.
  void discard(std::uint64_t offset, std::uint64_t bytes);
  void discard_all() { discard(0, bytes_); }

 private:
  void* data_ = nullptr;
  std::uint64_t bytes_ = 0;
};

}  // namespace cuda_sim
