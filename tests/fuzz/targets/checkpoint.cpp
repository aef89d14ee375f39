// A checkpoint file as `corticast-weights convert` sees it: both forms of container, the values of
// every tensor, and where they are a CNN8's, the conversion, whose result must open and be intact.
#include <cmath>

#include "engine/model/integrity.h"
#include "tests/fuzz/target.h"
#include "tests/support/temporary.h"
#include "weights_tool/checkpoint/cnn8_state.h"
#include "weights_tool/checkpoint/container.h"
#include "weights_tool/checkpoint/pickle_scan.h"
#include "weights_tool/conversion.h"

using namespace corticast;

namespace {

// A few stored numbers can stand for tensors of any size; what is big is not read here.
constexpr std::uint64_t kMostItems = 20'000;

void read_values(const weights::Checkpoint& checkpoint) {
  for (const weights::Tensor& tensor : checkpoint.tensors()) {
    if (tensor.items > kMostItems || !weights::is_floating(tensor.dtype)) continue;
    fuzz::answers([&] {
      for (const float value : checkpoint.read_all(tensor)) {
        fuzz::demand(std::isfinite(value), "what is read is finite");
      }
    });
  }
}

void convert(const weights::Checkpoint& checkpoint, const std::string& path) {
  static const test::TemporaryFolder folder;
  const std::filesystem::path destination = folder / "x.corticast";
  const weights::Cnn8State state = weights::find_cnn8(checkpoint);
  if (state.channels > 8 || state.vertices > 4 || state.heads.size() > 4) return;
  const ModelInfo stated =
      weights::convert_checkpoint(checkpoint, path, destination, {}, [](const std::string&) {});
  const ModelFile file(destination);
  fuzz::demand(file.info().model_hash == stated.model_hash, "the hash is the file's");
  fuzz::demand(check_integrity(file, [](const BlockTensor&, const TensorDamage&) {}).intact(),
               "a converted model is intact");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const ByteSpan bytes = fuzz::bytes_of(data, size);
  fuzz::answers([&] { (void)weights::scan_checkpoint(bytes, "x"); });
  const bool opens = fuzz::answers([&] { (void)weights::open_container(bytes, "x"); });
  if (!opens) return 0;
  const fuzz::MemoryFile file(bytes);
  fuzz::answers([&] {
    const weights::Checkpoint checkpoint(file.path());
    read_values(checkpoint);
    convert(checkpoint, file.path());
  });
  return 0;
}
