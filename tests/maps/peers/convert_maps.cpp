// Any file of maps to any other, for the tests against other programs.
// usage: convert_maps IN OUT [--cortex] [--fill0]    prints the files written
#include <cstdio>
#include <string_view>

#include "engine/base/error.h"
#include "engine/maps/read_maps.h"
#include "engine/maps/write_maps.h"

int main(int argc, char** argv) {
  try {
    if (argc < 3) return 2;
    corticast::MapWriteOptions options;
    options.replace = true;
    options.provenance = "{}";
    for (int i = 3; i < argc; ++i) {
      if (std::string_view(argv[i]) == "--cortex") options.cortex_only = true;
      if (std::string_view(argv[i]) == "--fill0") options.fill = 0;
    }
    corticast::MapFormat format{};
    if (!corticast::map_format_of(argv[2], format)) return 2;
    const auto maps = corticast::read_maps(argv[1]);
    for (const auto& file : corticast::write_maps(*maps, format, argv[2], options)) {
      std::puts(file.c_str());
    }
    return 0;
  } catch (const corticast::Error& error) {
    std::fprintf(stderr, "%s\n%s\n", error.what(), error.hint().c_str());
    return error.exit_code();
  }
}
