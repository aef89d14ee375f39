#include "engine/model/model.h"

#include <mutex>

#include "engine/base/error.h"
#include "engine/model/model_file.h"
#include "engine/model/subject_json.h"

namespace corticast {
namespace {

// Checks the marked blocks of a tensor, having told the kernel which bytes they are: the map is set
// to read nothing ahead, so that a small request reads little, and whole runs are asked for here.
void verify(const ModelFile& file, const BlockTensor& tensor, const std::vector<bool>& wanted) {
  const std::uint64_t blocks = tensor.blocks();
  for (std::uint64_t first = 0; first < blocks; ++first) {
    if (!wanted[first]) continue;
    std::uint64_t last = first;
    while (last < blocks && wanted[last]) ++last;
    file.map().will_need(tensor.bytes(first, last));
    first = last;
  }
  for (std::uint64_t block = 0; block < blocks; ++block) {
    if (wanted[block] && !tensor.intact(block)) {
      refuse_damaged(file.path(), tensor.tensor().name + " (rows from " +
                                      std::to_string(block * format::kRowsPerBlock) + ")");
    }
  }
}

}  // namespace

struct Model::Impl {
  ModelFile file;
  ModelInfo info;
  struct Known {
    std::once_flag once;
    SubjectMetadata metadata;
  };
  mutable std::vector<Known> known;  // [readouts]

  explicit Impl(const std::filesystem::path& path)
      : file(path), info(file.info()), known(info.readouts()) {
    if (!file.header_intact()) refuse_damaged(path, "the header");
    file.map().expect_scattered_reads();
    info.grayordinates = file.verified_grayordinates();
  }

  const float* verified(const std::string& name) const {
    const BlockTensor tensor = file.tensor(name);
    verify(file, tensor, std::vector<bool>(tensor.blocks(), true));
    return tensor.floats();
  }
  const float* verified(const std::string& name, const std::vector<bool>& blocks) const {
    const BlockTensor tensor = file.tensor(name);
    verify(file, tensor, blocks);
    return tensor.floats();
  }
};

Model::Model(const std::filesystem::path& path) : impl_(std::make_unique<Impl>(path)) {}
Model::~Model() = default;
Model::Model(Model&&) noexcept = default;
Model& Model::operator=(Model&&) noexcept = default;

const std::filesystem::path& Model::path() const {
  return impl_->file.path();
}

const ModelInfo& Model::info() const {
  return impl_->info;
}

std::vector<CoreLayer> Model::verified_core() const {
  std::vector<CoreLayer> layers;
  int in_channels = cnn8::kInputChannels;
  for (const cnn8::Block& block : cnn8::kBlocks) {
    const std::string name = "core.block" + std::to_string(layers.size() + 1);
    layers.push_back({block, in_channels, info().channels, impl_->verified(name + ".weight"),
                      impl_->verified(name + ".bias")});
    in_channels = info().channels;
  }
  return layers;
}

Readout Model::verified_readout(std::size_t index, std::span<const std::uint32_t> rows) const {
  if (index >= info().readouts()) {
    throw Error(ErrorCode::kInternal,
                "readout " + std::to_string(index) + " of " + std::to_string(info().readouts()));
  }
  std::vector<bool> blocks((info().vertices + format::kRowsPerBlock - 1) / format::kRowsPerBlock);
  for (const std::uint32_t row : rows) {
    if (row >= info().vertices) {
      throw Error(ErrorCode::kInternal,
                  "row " + std::to_string(row) + " of " + std::to_string(info().vertices));
    }
    blocks[row / format::kRowsPerBlock] = true;
  }
  const std::string name = format::readout_name(info(), index);
  return {impl_->verified(name + ".spatial", blocks), impl_->verified(name + ".features", blocks),
          impl_->verified(name + ".bias", blocks)};
}

const SubjectMetadata& Model::metadata(std::size_t readout) const {
  if (readout >= info().readouts()) {
    throw Error(ErrorCode::kInternal, "metadata of readout " + std::to_string(readout) + " of " +
                                          std::to_string(info().readouts()));
  }
  Impl::Known& known = impl_->known[readout];
  if (!info().has_metadata(readout)) return known.metadata;
  std::call_once(known.once, [&] {
    const std::string name = format::subject_name(info(), readout);
    const float* const ceilings = impl_->verified(name + ".noise_ceilings");
    (void)impl_->verified(name + ".json");
    known.metadata = parse_subject_json(impl_->file.tensor(name + ".json").text(), ceilings,
                                        path().string() + ", " + name);
  });
  return known.metadata;
}

}  // namespace corticast
