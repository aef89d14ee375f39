// A file that describes a card: the JSON that cuDNN itself writes for a device and reads back.
#pragma once

#include <filesystem>
#include <string>

namespace corticast::cli {

struct CardProfile {
  std::string json;        // the whole file
  std::string name;        // "Tesla T4"
  int compute_capability;  // 75 for 7.5
};

// Throws Error{kUsage} naming the file and, where a field is missing or no number, the field: cuDNN
// would refuse it without a word.
CardProfile read_card_profile(const std::filesystem::path& path);

}  // namespace corticast::cli
