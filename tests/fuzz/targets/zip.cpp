// The zip container of a checkpoint, in memory.
#include "tests/fuzz/target.h"
#include "weights_tool/checkpoint/container.h"
#include "weights_tool/checkpoint/zip_directory.h"

using namespace corticast;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const ByteSpan file = fuzz::bytes_of(data, size);
  fuzz::answers([&] { (void)weights::read_zip_directory(file, "x"); });
  fuzz::answers([&] {
    const weights::ZipArchive archive(file, "x");
    std::size_t held = 0;
    for (const weights::ZipEntry& entry : archive.entries()) {
      fuzz::demand(archive.find(entry.name) == &entry, "an entry is found by its name");
      fuzz::demand(entry.data.empty() ||
                       (entry.data.data() >= file.data() && &entry.data.back() <= &file.back()),
                   "an entry lies in the file");
      held += entry.data.size();
    }
    fuzz::demand(held <= size, "entries do not overlap");
    (void)weights::find_object_entry(archive, "x");
  });
  return 0;
}
