// The C interface's opaque types, and how its structures of many ages are read and written.
#pragma once

#include <cstring>
#include <memory>
#include <string>
#include <vector>

#include "engine/api/corticast.h"
#include "engine/api/encoder.h"
#include "engine/model/model.h"

struct corticast_model {
  std::shared_ptr<const corticast::Model> model;
  std::vector<std::string> subjects;  // canonical names
};

struct corticast_encoder {
  corticast::api::Encoder encoder;
};

namespace corticast::api {

// No structure of any version is larger: more is memory that nobody initialised.
inline constexpr std::size_t kMaxStruct = 4096;

// Throws Error{kUsage} for a size that is none. name: "corticast_layout".
void check_struct_size(std::size_t size, const char* name);

// Writes the caller's structure as far as the caller knows it; its struct_size stays.
template <typename Struct>
void give(Struct value, Struct* out, const char* name) {
  check_struct_size(out->struct_size, name);
  value.struct_size = out->struct_size;
  std::memcpy(out, &value, std::min(out->struct_size, sizeof value));
}

// Options as the caller knows them, zeros (the defaults) beyond; all of them for NULL. Throws
// Error{kUsage} for an option that only a newer version of the library has.
corticast_options take(const corticast_options* options);

}  // namespace corticast::api
