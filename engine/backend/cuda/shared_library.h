// A library of NVIDIA's that is opened at run time, for the tables of functions in cudnn/ and
// cublas/. All in a header, because tests link one table without the other.
#pragma once

#include <dlfcn.h>

#include <cstdlib>
#include <string>
#include <utility>
#include <vector>

#include "engine/base/error.h"

namespace corticast::cuda {

// The value of an environment variable alone when it is set, else `usual`.
inline std::vector<std::string> library_candidates(const char* variable,
                                                   std::vector<std::string> usual) {
  const char* const chosen = std::getenv(variable);
  if (chosen != nullptr && *chosen != '\0') return {chosen};
  return usual;
}

// Stays loaded until the process ends.
class SharedLibrary {
 public:
  // Opens the first candidate that opens. name: "cuDNN"; kind: what a library that lacks a function
  // is not, "cuDNN 9". Throws Error{kDevice} naming every candidate and the linker's reason.
  SharedLibrary(const std::vector<std::string>& candidates, const std::string& name,
                std::string kind, std::string remedy)
      : kind_(std::move(kind)), remedy_(std::move(remedy)) {
    std::string reasons;
    for (const std::string& file : candidates) {
      library_ = dlopen(file.c_str(), RTLD_NOW | RTLD_LOCAL);
      file_ = file;
      if (library_ != nullptr) return;
      const char* const reason = dlerror();
      reasons += (reasons.empty() ? "" : "; ") + std::string(reason == nullptr ? file : reason);
    }
    throw Error(ErrorCode::kDevice, name + " could not be loaded (" + reasons + ")", remedy_);
  }

  const std::string& file() const { return file_; }

  // Throws Error{kDevice} when the library has no such function.
  template <typename Function>
  void find(const char* name, Function& function) const {
    void* const symbol = dlsym(library_, name);
    if (symbol == nullptr) {
      throw Error(ErrorCode::kDevice,
                  file_ + " has no function " + name + ", so it is not " + kind_, remedy_);
    }
    function = reinterpret_cast<Function>(symbol);
  }

 private:
  std::string kind_;
  std::string remedy_;
  std::string file_;
  void* library_ = nullptr;
};

}  // namespace corticast::cuda
