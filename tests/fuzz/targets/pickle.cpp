// The pickle machine and the scanner, which must agree: what the machine takes holds nothing that
// the scanner warns of. And the reader of metadata, whose pickles hold NumPy's arrays.
#include <algorithm>

#include "tests/fuzz/target.h"
#include "weights_tool/checkpoint/pickle_machine.h"
#include "weights_tool/checkpoint/pickle_scan.h"
#include "weights_tool/metadata/berg_metadata.h"

using namespace corticast;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const ByteSpan bytes = fuzz::bytes_of(data, size);
  (void)fuzz::answers([&] { (void)weights::read_berg_metadata(bytes, "x"); });
  weights::PickleValues made;
  const bool taken = fuzz::answers([&] { made = weights::run_pickle(bytes, "x", 0); });
  const weights::PickleScan scan = weights::scan_pickle(bytes, "x", 0);
  if (!taken) return 0;
  fuzz::demand(made.bytes <= size && made.root < made.values.size(), "the root is a value");
  for (const weights::Value& value : made.values) {
    for (const weights::ValueId item : value.items) {
      fuzz::demand(item < made.values.size(), "values refer to values");
    }
  }
  fuzz::demand(scan.problem.empty() && scan.bytes == made.bytes,
               "the scanner follows what the machine takes: " + scan.problem);
  fuzz::demand(std::ranges::all_of(scan.findings, &weights::Finding::accepted),
               "the scanner warns of nothing that the machine takes");
  return 0;
}
