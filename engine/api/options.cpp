#include <algorithm>

#include "engine/api/handles.h"
#include "engine/base/error.h"
#include "engine/base/text.h"

namespace corticast::api {

void check_struct_size(std::size_t size, const char* name) {
  if (size >= sizeof(std::size_t) && size <= kMaxStruct) return;
  throw Error(ErrorCode::kUsage,
              "struct_size of the " + std::string(name) + " is " + grouped(size) + " bytes",
              "Set it to sizeof(" + std::string(name) + ").");
}

corticast_options take(const corticast_options* options) {
  corticast_options known{};
  known.struct_size = sizeof known;
  if (options == nullptr) return known;
  check_struct_size(options->struct_size, "corticast_options");
  const auto* const bytes = reinterpret_cast<const unsigned char*>(options);
  if (options->struct_size > sizeof known &&
      std::any_of(bytes + sizeof known, bytes + options->struct_size,
                  [](unsigned char byte) { return byte != 0; })) {
    throw Error(
        ErrorCode::kUsage,
        "corticast_options asks for something that this version of the library (" +
            std::string(CORTICAST_VERSION) + ") does not know",
        "Install the version of corticast that the program was built with, or a newer one.");
  }
  std::memcpy(&known, options, std::min(options->struct_size, sizeof known));
  return known;
}

}  // namespace corticast::api
