// Runs kernels given as PTX text on a simulated device of their own.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <string>
#include <vector>

#include "tests/cuda_sim/machine/device.h"

namespace cuda_sim::test {

// Text in front of a module's functions: version, target and address size.
std::string ptx_header(std::uint32_t sm = 80);

class PtxRunner {
 public:
  // text: a module without header; the header of the architecture is put in front.
  explicit PtxRunner(const std::string& text, std::uint32_t sm = 80);
  ~PtxRunner();

  // A device buffer with these values; its address. The overload leaves its bytes uninitialised.
  template <class T>
  std::uint64_t buffer(const std::vector<T>& values) {
    const std::uint64_t address = buffer(values.size() * sizeof(T));
    std::memcpy(device_->memory().write(address, values.size() * sizeof(T)), values.data(),
                values.size() * sizeof(T));
    return address;
  }
  std::uint64_t buffer(std::size_t bytes);

  // The kernel's next parameter, placed by its own alignment.
  template <class T>
  PtxRunner& argument(T value) {
    const std::size_t at = (parameters_.size() + sizeof(T) - 1) / sizeof(T) * sizeof(T);
    parameters_.resize(at + sizeof(T));
    std::memcpy(parameters_.data() + at, &value, sizeof(T));
    return *this;
  }
  // Device address of a module-scope .global or .const variable.
  std::uint64_t variable(const std::string& name) const;

  // Decodes and runs with the arguments given so far, then forgets them. Throws what the decoder
  // and the device throw.
  void run(const std::string& kernel, Dim3 grid, Dim3 block, std::uint32_t dynamic_shared = 0);
  void run(const std::string& kernel, std::uint32_t threads = 32) {
    run(kernel, {1, 1, 1}, {threads, 1, 1});
  }

  // Fails with std::runtime_error where the bytes are not all in one buffer.
  template <class T>
  std::vector<T> read(std::uint64_t address, std::size_t count) {
    std::vector<T> values(count);
    std::memcpy(values.data(), bytes(address, count * sizeof(T)), count * sizeof(T));
    return values;
  }

  Device& device() { return *device_; }
  const std::vector<Report>& reports() const { return reports_.all(); }

 private:
  const std::byte* bytes(std::uint64_t address, std::size_t count);

  std::shared_ptr<const ptx::Module> module_;
  Reports reports_;
  std::unique_ptr<Device> device_;
  std::vector<std::byte> parameters_;
  std::map<std::string, std::uint64_t> variables_;
};

}  // namespace cuda_sim::test
