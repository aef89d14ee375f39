// A folder for the files of one run.
#pragma once

#include <filesystem>
#include <string>

namespace corticast::bench {

// Made in the system's folder for temporary files (TMPDIR), removed with all that is in it.
// Throws Error{kOutput} when none can be made.
class Scratch {
 public:
  Scratch();
  ~Scratch();
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;

  std::filesystem::path operator/(const std::string& name) const { return path_ / name; }

 private:
  std::filesystem::path path_;
};

}  // namespace corticast::bench
