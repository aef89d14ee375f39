// Image arrays: .npy files of integers [n, 3, h, w], RGB planes, each row an image.
#pragma once

#include <cstdint>
#include <string>

#include "engine/base/bytes.h"
#include "engine/base/error.h"

namespace corticast {

struct ArrayInput {
  std::string path;
  std::string dtype;
  std::uint64_t rows = 0;
  std::uint32_t height = 0;
  std::uint32_t width = 0;
  std::uint64_t item_bytes = 0;
  std::uint64_t data_offset = 0;

  bool operator==(const ArrayInput&) const = default;
};

bool is_array_name(const std::string& path);

// Reads the header only. Throws Error{kUsage} naming the file, what it holds and the remedy.
ArrayInput open_array(const std::string& path);

// Row k, cropped and resized to uint8 [224, 224, 3]. Values become bytes modulo 256, as a C cast
// makes them. Maps the file anew, so any number of arrays can be listed. Thread-safe.
// Throws Error{kImage} when the file is no longer what open_array() saw.
void load_array_row(const ArrayInput& array, std::uint64_t k, std::uint8_t* out);

}  // namespace corticast
