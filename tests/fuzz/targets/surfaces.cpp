// A file of `atlas import`: header, tensors' names and types, meshes.
#include "engine/surface/surface_file.h"
#include "tests/fuzz/target.h"

using namespace corticast;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const fuzz::MemoryFile file(fuzz::bytes_of(data, size));
  fuzz::answers([&] {
    const SurfaceSet set = read_surface_file(file.path());
    for (const std::string& name : set.names()) {
      for (const Hemisphere side : {Hemisphere::kLeft, Hemisphere::kRight}) {
        check_surface(set.surface(name, side), name);
      }
    }
  });
  return 0;
}
