#include "engine/backend/cpu/network.h"

#include "engine/backend/backend.h"
#include "kernels/scatter.h"

namespace corticast::cpu {

Network::Network(const Model& model, const Request& request, std::size_t max_batch,
                 unsigned threads, kernels::cpu::Isa isa)
    : isa_(isa),
      columns_(request.columns),
      rows_(request.rows),
      positions_(request.positions),
      core_(model, threads, isa) {
  const int channels = model.info().channels;
  for (const Target& target : request.targets) {
    const Readout readout = model.verified_readout(target.readout, rows_);
    readouts_.push_back(
        {channels, cnn8::kPositions, readout.spatial, readout.features, readout.bias});
  }
  packed_ =
      AlignedBuffer(max_batch * kernels::cpu::packed_image_floats(channels, cnn8::kPositions, isa));
  if (!positions_.empty()) packed_result_ = AlignedBuffer(max_batch * rows_.size());
}

void Network::run(const std::uint8_t* pixels, std::size_t images, std::span<float* const> responses,
                  const StepObserver& observer) {
  const int channels = core_.channels();
  const std::size_t image_floats =
      kernels::cpu::packed_image_floats(channels, cnn8::kPositions, isa_);
  for (std::size_t n = 0; n < images; ++n) {
    const float* features = core_.run(pixels + n * kImageBytes, observer);
    float* const packed = packed_.data() + n * image_floats;
    kernels::cpu::pack_image(features, channels, cnn8::kPositions, isa_, packed);
    if (observer) observer({StepKind::kPack, 0, nullptr, features, packed});
  }
  const bool scattered = !positions_.empty();
  for (std::size_t t = 0; t < readouts_.size(); ++t) {
    float* const result = scattered ? packed_result_.data() : responses[t];
    kernels::cpu::readout(readouts_[t], rows_, packed_.data(), images, isa_, result, rows_.size());
    if (observer) observer({StepKind::kReadout, t, nullptr, packed_.data(), result});
    if (!scattered) continue;
    for (std::size_t n = 0; n < images; ++n) {
      kernels::cpu::scatter_row(result + n * rows_.size(), positions_, columns_,
                                responses[t] + n * columns_);
    }
    if (observer) observer({StepKind::kScatter, t, nullptr, result, responses[t]});
  }
}

std::uint64_t Network::planned_bytes(int channels, const Request& request, std::size_t max_batch,
                                     unsigned threads, kernels::cpu::Isa isa) {
  const std::uint64_t packed =
      kernels::cpu::packed_image_floats(channels, cnn8::kPositions, isa) * sizeof(float);
  const std::uint64_t scattered =
      request.positions.empty() ? 0 : request.rows.size() * sizeof(float);
  return CnnCore::planned_bytes(channels, threads, isa) + max_batch * (packed + scattered);
}

}  // namespace corticast::cpu
