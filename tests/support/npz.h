// Reads the golden .npz files (NumPy archives, stored or deflated members) and compares arrays.
#pragma once

#include <cstddef>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "engine/base/npy.h"

namespace corticast::test {

// tests/data/<relative>
std::filesystem::path data_path(const std::string& relative);

struct Array {
  std::string dtype;
  std::vector<std::uint64_t> shape;
  std::vector<std::byte> bytes;  // C order

  // The items as T; the caller names the type that `dtype` says, e.g. as<float>() for "<f4".
  template <typename T>
  const T* as() const {
    return static_cast<const T*>(static_cast<const void*>(bytes.data()));
  }
  std::size_t items() const;
};

Array load_npy(const std::filesystem::path& path);
std::map<std::string, Array> load_npz(const std::filesystem::path& path);
// A NumPy array of fixed-width text ("<U30") as UTF-8 strings (ASCII only).
std::vector<std::string> text_items(const Array& array);

// How far a float32 result is from its float64 golden.
struct Distance {
  double relative_l2 = 0;   // |a - b| / |b|
  double relative_max = 0;  // max |a - b| / max |b|
};
Distance distance(const float* a, const double* b, std::size_t n);

}  // namespace corticast::test
