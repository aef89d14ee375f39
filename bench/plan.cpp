#include "bench/plan.h"

#include <algorithm>

#include "engine/base/error.h"
#include "engine/base/text.h"

namespace corticast::bench {
namespace {

constexpr unsigned kMostImages = 65536;  // of one batch, as in corticast encode

bool wanted(const Flags& flags, const std::string& what) {
  return flags.what.empty() ||
         std::find(flags.what.begin(), flags.what.end(), what) != flags.what.end();
}

std::vector<std::string> words_of(const std::string& flag, const std::string& list) {
  std::vector<std::string> words = split_list(list);
  if (words.empty()) throw Error(ErrorCode::kUsage, flag + " names nothing");
  return words;
}

std::size_t batch_of(const std::string& word) {
  unsigned batch = 0;
  if (word == "auto") return 0;
  if (parse_number(word, batch) && batch > 0 && batch <= kMostImages) return batch;
  throw Error(ErrorCode::kUsage, "--batch: '" + word + "' is not auto or a number from 1 to " +
                                     std::to_string(kMostImages));
}

}  // namespace

Plan::Plan(const Flags& flags)
    : input(wanted(flags, "input")),
      stages(wanted(flags, "stages")),
      output(wanted(flags, "output")),
      end_to_end(wanted(flags, "end-to-end")),
      format(parse_format(flags.format)) {
  if (flags.device == "auto" || flags.device.starts_with("check:")) {
    throw Error(ErrorCode::kUsage,
                "--device " + flags.device + ": what is measured must be said by name",
                "Use cpu, cuda, cuda:N or cuda:all.");
  }
  if (flags.check && !stages) {
    throw Error(ErrorCode::kUsage, "--check checks stages, which are not asked for",
                "Add 'stages', or drop --check.");
  }
  for (const std::string& precision : words_of("--precision", flags.precisions)) {
    for (const std::string& readout : words_of("--readout", flags.readouts)) {
      Method method(parse_precision(precision));
      method.readout = parse_readout_method(readout);
      methods.push_back(method);
    }
  }
  for (const std::string& word : words_of("--batch", flags.batches)) {
    batches.push_back(batch_of(word));
  }
}

}  // namespace corticast::bench
