// A list of paths, by lines and by NUL. Nothing is opened but arrays' headers, so lists that name
// one are only split.
#include "engine/image/listing.h"
#include "engine/image/source.h"
#include "tests/fuzz/target.h"

using namespace corticast;

namespace {

void read_as(const std::string& path, bool nul_separated, bool names_arrays) {
  const char separator = nul_separated ? '\0' : '\n';
  const std::vector<std::string> paths = read_list(path, nul_separated);
  for (const std::string& found : paths) {
    fuzz::demand(!found.empty() && found.find(separator) == std::string::npos,
                 "a path of a list is one line");
  }
  if (names_arrays) return;
  fuzz::answers([&] {
    const ImageSource source({{"@" + path}, nul_separated});
    fuzz::demand(source.size() == paths.size(), "every path of a list is an image");
    for (std::size_t k = 0; k < paths.size(); ++k) {
      fuzz::demand(source.name(k) == paths[k], "images keep the names and order of their list");
    }
  });
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text = fuzz::text_of(data, size);
  const bool names_arrays =
      text.find(".npy") != std::string::npos || text.find(".NPY") != std::string::npos;
  const fuzz::MemoryFile file(as_byte_span(text));
  fuzz::answers([&] { read_as(file.path(), false, names_arrays); });
  fuzz::answers([&] { read_as(file.path(), true, names_arrays); });
  return 0;
}
