#include "engine/model/model_file.h"

#include "engine/base/error.h"

namespace corticast {
namespace {

bool is_data(const safetensors::Tensor& tensor) {
  return !tensor.name.starts_with(format::kSumPrefix);
}

}  // namespace

ModelFile::ModelFile(const std::filesystem::path& path)
    : path_(path),
      map_(path, ErrorCode::kModel),
      valid_(format::validate(map_.bytes(), map_.bytes().size(), path.string())) {}

bool ModelFile::header_intact() const {
  const ByteSpan stored = map_.bytes().last(format::kSumBytes);
  return load_le<std::uint64_t>(stored.data()) == xxh3(map_.bytes().first(header().data_begin));
}

std::vector<std::int32_t> ModelFile::verified_grayordinates() const {
  if (info().vertex_set == "none") return {};
  const BlockTensor list = tensor(format::kGrayordinates);
  for (std::uint64_t block = 0; block < list.blocks(); ++block) {
    if (!list.intact(block)) refuse_damaged(path_, list.tensor().name);
  }
  std::vector<std::int32_t> values(list.ints(), list.ints() + list.rows());
  format::check_grayordinates(values, path_.string());
  return values;
}

BlockTensor ModelFile::tensor(const std::string& name) const {
  const auto& tensors = header().tensors;
  for (std::size_t i = 0; i + 1 < tensors.size(); ++i) {
    if (tensors[i].name == name && is_data(tensors[i])) {
      return BlockTensor(map_.bytes(), tensors[i], tensors[i + 1]);
    }
  }
  throw Error(ErrorCode::kInternal, "no tensor " + name + " in this format");
}

std::vector<BlockTensor> ModelFile::data_tensors() const {
  std::vector<BlockTensor> list;
  const auto& tensors = header().tensors;
  for (std::size_t i = 0; i + 1 < tensors.size(); ++i) {
    if (is_data(tensors[i])) list.emplace_back(map_.bytes(), tensors[i], tensors[i + 1]);
  }
  return list;
}

void refuse_damaged(const std::filesystem::path& path, const std::string& what) {
  throw Error(ErrorCode::kModel,
              path.string() + ": damaged: " + what + " does not match its checksum",
              "Copy the file again, or convert the checkpoint again with 'corticast-weights "
              "convert'.");
}

}  // namespace corticast
