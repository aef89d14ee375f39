#include "engine/maps/map_files.h"

#include <algorithm>

#include "engine/base/error.h"
#include "engine/base/file.h"

namespace corticast {

std::vector<MapChunk> map_chunks(std::size_t maps, std::size_t per_file) {
  const std::size_t most = std::max<std::size_t>(1, per_file);
  std::vector<MapChunk> chunks;
  chunks.reserve(maps / most + 1);
  for (std::size_t first = 0; first < maps; first += most) {
    const std::size_t number = maps > most ? chunks.size() + 1 : 0;
    chunks.push_back({{first, std::min(most, maps - first)}, number});
  }
  return chunks;
}

void refuse_existing(const std::vector<std::filesystem::path>& files, bool replace) {
  for (const std::filesystem::path& file : files) {
    refuse_folder(file);
    if (!replace && is_taken(file)) {
      throw Error(ErrorCode::kOutput, file.string() + ": exists",
                  "Give another name, or --force to overwrite it.");
    }
  }
}

}  // namespace corticast
