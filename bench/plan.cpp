#include "bench/plan.h"

#include <algorithm>

#include "engine/base/error.h"
#include "engine/base/text.h"
#include "engine/base/threads.h"

namespace corticast::bench {
namespace {

constexpr unsigned kMostImages = 65536;  // of one batch, as in corticast encode
constexpr unsigned kMostThreads = 4096;

bool named(const Flags& flags, const std::string& what) {
  return std::ranges::find(flags.what, what) != flags.what.end();
}
bool wanted(const Flags& flags, const std::string& what) {
  return flags.what.empty() || named(flags, what);
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

unsigned threads_of(const std::string& word) {
  unsigned threads = 0;
  if (parse_number(word, threads) && threads > 0 && threads <= kMostThreads) return threads;
  throw Error(ErrorCode::kUsage, "--threads: '" + word + "' is not a number from 1 to " +
                                     std::to_string(kMostThreads));
}

}  // namespace

Plan::Plan(const Flags& flags)
    : input(wanted(flags, "input")),
      stages(wanted(flags, "stages")),
      output(wanted(flags, "output")),
      end_to_end(wanted(flags, "end-to-end")),
      ops(named(flags, "ops")),
      core_error(named(flags, "core-error")),
      format(parse_format(flags.format)) {
  if (flags.device == "auto" || flags.device.starts_with("check:")) {
    throw Error(ErrorCode::kUsage,
                "--device " + flags.device + ": what is measured must be said by name",
                "Use cpu, cuda, cuda:N or cuda:all.");
  }
  if (flags.check && !stages && !ops) {
    throw Error(ErrorCode::kUsage, "--check checks stages and ops, which are not asked for",
                "Add 'stages' or 'ops', or drop --check.");
  }
  for (const std::string& precision : words_of("--precision", flags.precisions)) {
    for (const std::string& readout : words_of("--readout", flags.readouts)) {
      Method method(parse_precision(precision));
      method.readout = parse_readout_method(readout);
      methods.push_back(method);
    }
  }
  if (flags.threads.empty()) {
    threads.push_back(usable_threads());
  } else {
    for (const std::string& word : words_of("--threads", flags.threads)) {
      threads.push_back(threads_of(word));
    }
  }
  for (const std::string& word : words_of("--batch", flags.batches)) {
    batches.push_back(batch_of(word));
  }
}

}  // namespace corticast::bench
