#include "tests/fuzz/model_bytes.h"

#include <algorithm>
#include <cstring>
#include <numeric>

#include "engine/atlas/resolve.h"
#include "engine/model/blocks.h"
#include "engine/model/integrity.h"
#include "tests/fuzz/target.h"

namespace corticast::fuzz {
namespace {

void put(std::vector<std::byte>& file, std::uint64_t at, const void* from, std::size_t bytes) {
  std::memcpy(file.data() + at, from, bytes);
}

}  // namespace

void reseal(std::vector<std::byte>& file, const safetensors::Header& header) {
  for (std::size_t i = 0; i + 1 < header.tensors.size(); i += 2) {
    const safetensors::Tensor& data = header.tensors[i];
    const safetensors::Tensor& behind = header.tensors[i + 1];
    BlockHasher hasher(data);
    hasher.add(ByteSpan(file).subspan(data.begin, data.bytes()));
    std::vector<std::uint64_t> sums = hasher.finish();
    sums.resize((behind.bytes() + 7) / 8);  // zeros up to the next tensor
    put(file, behind.begin, sums.data(), behind.bytes());
  }
  const std::uint64_t sum = xxh3(ByteSpan(file).first(header.data_begin));
  put(file, file.size() - sizeof sum, &sum, sizeof sum);
}

void read_everything(ByteSpan bytes) {
  const MemoryFile file(bytes);
  bool opened = false;
  answers([&] {
    const Model model(file.path());
    opened = true;
    std::vector<std::uint32_t> rows(model.info().vertices);
    std::iota(rows.begin(), rows.end(), 0u);
    demand(model.verified_core().size() == cnn8::kBlocks.size(), "a core has eight blocks");
    for (std::size_t r = 0; r < model.info().readouts(); ++r) (void)model.verified_readout(r, rows);
    answers([&] { (void)resolve_request(model.info(), {}); });
  });
  const ModelFile model(file.path());
  demand(opened || model.info().vertex_set != "none", "what was sealed opens");
  const Integrity found = check_integrity(model, [](const BlockTensor&, const TensorDamage&) {});
  demand(found.header && found.tensors, "what was sealed is intact");
}

}  // namespace corticast::fuzz
