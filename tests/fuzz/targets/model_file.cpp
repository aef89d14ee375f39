// A whole model file: as it comes, which its checksums mostly end early, and again with checksums
// that fit, as a forger would make them.
#include "tests/fuzz/model_bytes.h"
#include "tests/fuzz/target.h"

using namespace corticast;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const ByteSpan bytes = fuzz::bytes_of(data, size);
  const fuzz::MemoryFile as_it_comes(bytes);
  fuzz::answers([&] {
    const Model model(as_it_comes.path());
    (void)model.verified_core();
  });
  fuzz::answers([&] {
    const format::Validated valid = format::validate(bytes, size, "x");
    std::vector<std::byte> file(bytes.begin(), bytes.end());
    fuzz::reseal(file, valid.header);
    fuzz::read_everything(file);
  });
  return 0;
}
