// Reading of what hdf5_handle.h writes, from files that may hold anything: shapes are checked
// against the size of the file before memory is asked for. Everything throws Error{kOutput} without
// the name of the file, which the caller knows.
#pragma once

#include <hdf5.h>

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "engine/base/hdf5_handle.h"

namespace corticast::hdf5 {

Handle open_to_read(const std::filesystem::path& path);

bool has_attribute(hid_t file, const char* name);
std::string text_attribute(hid_t file, const char* name);
std::uint64_t number_attribute(hid_t file, const char* name);

// False as well if a group on the way is missing.
bool has_object(hid_t file, const std::string& path);
Handle open_dataset(hid_t file, const std::string& path);
std::vector<hsize_t> shape_of(hid_t dataset);

// One-dimensional datasets; `size` is what the caller expects: another is an error.
constexpr hsize_t kAnySize = ~hsize_t{0};
std::vector<std::string> read_texts(hid_t file, const std::string& path, hsize_t size);
std::vector<std::uint8_t> read_bytes(hid_t file, const std::string& path, hsize_t size);
std::vector<std::int32_t> read_integers(hid_t file, const std::string& path, hsize_t size);

}  // namespace corticast::hdf5
