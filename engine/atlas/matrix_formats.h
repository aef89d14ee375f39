// The formats behind matrix_file.h.
#pragma once

#include <filesystem>
#include <memory>
#include <string>

#include "engine/atlas/matrix_file.h"

namespace corticast {

// Weights read at a time, as doubles: 4 MiB.
inline constexpr std::uint64_t kMatrixBlockItems = 1u << 19;

std::unique_ptr<MatrixFile> open_npy_matrix(const std::filesystem::path& path);
std::unique_ptr<MatrixFile> open_hdf5_matrix(const std::filesystem::path& path);

[[noreturn]] void refuse_matrix_type(const std::filesystem::path& path, const std::string& found);

}  // namespace corticast
