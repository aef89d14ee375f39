// Where the C functions' failures go: a status for the caller, texts for its thread.
#pragma once

#include "engine/api/corticast.h"

namespace corticast::api {

// For a catch block: what was caught as a status, with its words in corticast_last_error() and
// corticast_last_hint(). Allocates nothing.
corticast_status remember_failure() noexcept;

// The body of a C function: nothing leaves it but a status.
template <typename Body>
corticast_status answer(const Body& body) noexcept {
  try {
    body();
    return CORTICAST_OK;
  } catch (...) {
    return remember_failure();
  }
}

// Throws Error{kUsage} saying that the argument called `name` is NULL.
void require(const void* argument, const char* name);

}  // namespace corticast::api
