#include "engine/model/writer.h"

#include <array>

#include "engine/base/checked_math.h"
#include "engine/base/error.h"
#include "engine/base/file.h"
#include "engine/model/blocks.h"
#include "engine/model/format.h"

namespace corticast {
namespace {

// Takes the hash's place until it is known; the header's length does not change.
const std::string kNoHash(64, '0');

[[noreturn]] void out_of_order(const std::string& what) {
  throw Error(ErrorCode::kInternal, "model writer: " + what);
}

void check_facts(const ModelInfo& info) {
  const bool atlas = info.vertex_set != "none";
  if (info.grayordinates.size() != (atlas ? info.vertices : 0)) {
    out_of_order(std::to_string(info.grayordinates.size()) + " grayordinates for " +
                 std::to_string(info.vertices) + " vertices of the set '" + info.vertex_set + "'");
  }
  if (info.channels < 1 || static_cast<unsigned>(info.channels) > format::kMaxChannels ||
      info.vertices < 1 || info.vertices > format::kMaxVertices) {
    out_of_order(std::to_string(info.channels) + " channels, " + std::to_string(info.vertices) +
                 " vertices");
  }
  for (const std::uint64_t bytes : info.metadata_bytes) {
    if (bytes > format::kMaxMetadataBytes) {
      out_of_order(std::to_string(bytes) + " bytes of metadata");
    }
  }
}

}  // namespace

struct ModelWriter::Impl {
  std::string name;
  ModelInfo info;
  std::vector<safetensors::Tensor> tensors;  // ranges counted from the first data byte
  std::string header;
  PendingFile file;
  ModelHash hash;

  std::size_t current = 0;  // index into tensors of the data tensor being written
  std::uint64_t written = 0;
  std::unique_ptr<BlockHasher> hasher;

  Impl(const std::filesystem::path& destination, const ModelInfo& facts)
      : name(destination.string()), info(facts), file(destination) {
    check_facts(info);
    format::check_grayordinates(info.grayordinates, name);
    info.model_hash = kNoHash;
    tensors = format::layout(info);
    header = valid_header();
    file.write(header.data(), header.size());
    start_tensor();
    if (!info.grayordinates.empty()) {
      append(format::kGrayordinates, std::as_bytes(std::span(info.grayordinates)));
    }
  }

  std::string valid_header() const {
    std::string bytes = safetensors::make_header(format::to_metadata(info), tensors);
    format::validate(as_byte_span(bytes), bytes.size() + tensors.back().end, name);
    return bytes;
  }

  bool complete() const { return current + 1 == tensors.size(); }  // only the header's sum is left

  void start_tensor() {
    written = 0;
    if (!complete()) hasher = std::make_unique<BlockHasher>(tensors[current]);
  }

  // Appends to the current tensor, whose name must end in `suffix`.
  void append(const std::string& suffix, ByteSpan bytes) {
    const safetensors::Tensor& tensor = tensors[current];
    if (complete() || !tensor.name.ends_with(suffix)) {
      out_of_order(suffix + " given, expected " + tensor.name);
    }
    if (bytes.size() > tensor.bytes() - written) {
      out_of_order(tensor.name + ": " + std::to_string(written + bytes.size()) +
                   " bytes given, expected " + std::to_string(tensor.bytes()));
    }
    file.write(bytes.data(), bytes.size());
    hasher->add(bytes);
    written += bytes.size();
    if (written == tensor.bytes()) finish_tensor();
  }

  void finish_tensor() {
    const std::vector<std::uint64_t> sums = hasher->finish();
    const ByteSpan bytes = std::as_bytes(std::span(sums));
    if (format::is_weight(tensors[current])) hash.add(tensors[current], bytes);
    file.write(bytes.data(), bytes.size());
    constexpr std::array<std::byte, safetensors::kAlignment> kZeros{};
    file.write(kZeros.data(), tensors[current + 1].bytes() - bytes.size());
    current += 2;
    start_tensor();
  }
};

ModelWriter::ModelWriter(const std::filesystem::path& destination, const ModelInfo& info)
    : impl_(std::make_unique<Impl>(destination, info)) {}

ModelWriter::~ModelWriter() = default;

void ModelWriter::core_layer(std::span<const float> weight, std::span<const float> bias) {
  if (impl_->written != 0) out_of_order("a core layer given inside " + impl_->name);
  const std::size_t layer = impl_->current;
  impl_->append(".weight", std::as_bytes(weight));
  impl_->append(".bias", std::as_bytes(bias));
  if (impl_->current != layer + 4) out_of_order("a core layer is incomplete");
}

void ModelWriter::spatial_rows(std::span<const float> rows) {
  impl_->append(".spatial", std::as_bytes(rows));
}

void ModelWriter::feature_rows(std::span<const float> rows) {
  impl_->append(".features", std::as_bytes(rows));
}

void ModelWriter::bias_rows(std::span<const float> rows) {
  if (!impl_->tensors[impl_->current].name.starts_with("readout")) {
    out_of_order("readout biases given, expected " + impl_->tensors[impl_->current].name);
  }
  impl_->append(".bias", std::as_bytes(rows));
}

void ModelWriter::subject_metadata(std::span<const float> noise_ceilings, std::string_view json) {
  if (impl_->written != 0) out_of_order("metadata given inside " + impl_->name);
  const std::size_t first = impl_->current;
  impl_->append(".noise_ceilings", std::as_bytes(noise_ceilings));
  impl_->append(".json", as_byte_span(json));
  if (impl_->current != first + 4) out_of_order("the metadata of a subject are incomplete");
}

std::string ModelWriter::finish() {
  if (!impl_->complete()) out_of_order(impl_->tensors[impl_->current].name + " is incomplete");
  impl_->info.model_hash = impl_->hash.hex();
  const std::string header = impl_->valid_header();
  impl_->file.write_at(0, header.data(), header.size());
  const std::uint64_t sum = xxh3(as_byte_span(header));
  impl_->file.write(&sum, sizeof(sum));
  impl_->file.commit();
  return impl_->info.model_hash;
}

}  // namespace corticast
