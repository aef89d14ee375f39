// Two manifests, one a line: if one differs from the other, so does the other from the one, and
// nothing differs between a manifest and itself.
#include "engine/output/manifest.h"
#include "tests/fuzz/target.h"

using namespace corticast;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text = fuzz::text_of(data, size);
  const std::size_t line = text.find('\n');
  const std::string ours = text.substr(0, line);
  const std::string theirs = line == std::string::npos ? "" : text.substr(line + 1);
  const bool differ = !manifest_difference(ours, theirs).empty();
  fuzz::demand(differ == !manifest_difference(theirs, ours).empty(), "differences are mutual");
  const std::string same = manifest_difference(ours, ours);
  fuzz::demand(same.empty() || same == "not a manifest", "a manifest is like itself");
  return 0;
}
