// Errors of one device among several.
#pragma once

#include <string>

#include "engine/base/error.h"

namespace corticast::several {

// call(), whose errors then begin with the device's name.
template <typename Function>
auto blame(const std::string& device, const Function& call) {
  try {
    return call();
  } catch (const Error& error) {
    throw Error(error.code(), device + ": " + error.what(), error.hint());
  }
}

}  // namespace corticast::several
