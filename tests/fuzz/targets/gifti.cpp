// A GIFTI file: XML, base64, deflate and values, as arrays and as maps. nibabel wrote the first
// inputs.
#include "engine/maps/gifti.h"

#include "engine/maps/gifti_maps.h"
#include "tests/fuzz/target.h"

using namespace corticast;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text = fuzz::text_of(data, size);
  GiftiFile file;
  const bool parsed = fuzz::answers([&] { file = parse_gifti(text, "x"); });
  for (const GiftiArray& array : file.arrays) {
    std::uint64_t count = 1;
    for (const std::uint64_t dimension : array.shape) count *= dimension;
    fuzz::demand(array.values.size() == count, "a value for each place");
  }
  if (parsed) {
    const fuzz::MemoryFile bytes(fuzz::bytes_of(data, size));
    fuzz::answers([&] { (void)read_gifti_maps(bytes.path()); });
  }
  return 0;
}
