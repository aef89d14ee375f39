#include "engine/base/error.h"
#include "engine/maps/read_maps.h"
#include "engine/output/hdf5_manifest.h"
#include "engine/output/response_maps.h"

namespace corticast {
namespace {

// The maps of a file that nobody else holds.
class OwnedResponseMaps final : public Maps {
 public:
  OwnedResponseMaps(const std::filesystem::path& path, const std::string& subject)
      : file_(path), maps_(response_maps(file_, find_target(file_, subject), {})) {}
  const std::vector<std::string>& names() const override { return maps_->names(); }
  std::size_t columns() const override { return maps_->columns(); }
  const std::vector<std::int32_t>& grayordinates() const override { return maps_->grayordinates(); }
  void read(RowRange range, float* out) const override { maps_->read(range, out); }

 private:
  ResponseFile file_;
  std::unique_ptr<Maps> maps_;
};

}  // namespace

std::unique_ptr<Maps> open_maps(const std::filesystem::path& path, const std::string& subject) {
  if (read_hdf5_manifest(path)) return std::make_unique<OwnedResponseMaps>(path, subject);
  if (!subject.empty()) {
    throw Error(
        ErrorCode::kUsage,
        path.string() + ": is not an output of corticast, so it has no subject '" + subject + "'",
        "Leave the subject away for files of other programs.");
  }
  return read_maps(path);
}

}  // namespace corticast
