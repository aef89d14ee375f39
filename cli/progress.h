// What a long command says on stderr while it works.
#pragma once

#include <optional>
#include <string>
#include <utility>

#include "engine/pipeline/encode.h"

namespace corticast::cli {

enum class ProgressMode { kNone, kBar, kJson };

// auto: a bar if stderr is a terminal, else nothing. Throws Error{kUsage} for unknown words.
ProgressMode parse_progress(const std::string& text);

// kBar redraws one line; kJson writes one JSON object a line:
//   {"ts": Unix time, "stage": ..., "done", "total", "failed", "rate": images/s, "eta": s or null,
//   "shard": "3/8" of a shard}
//   {"ts": ..., "note": text}, with "rank" if there are many
// One of many ranks (processes of one launch) says who it is; above rank 0 there is no progress,
// and no remark. Used by one thread.
class ProgressReport {
 public:
  explicit ProgressReport(ProgressMode mode, std::optional<unsigned> rank = {},
                          std::string shard = {})
      : mode_(mode), rank_(rank), shard_(std::move(shard)) {}
  ~ProgressReport();
  ProgressReport(const ProgressReport&) = delete;
  ProgressReport& operator=(const ProgressReport&) = delete;

  // At most ten times a second, and whenever the run is complete or the stage changes.
  void update(const std::string& stage, const Progress& progress);
  // One line for the user, in every mode.
  void note(const std::string& line);
  // The same for what is true of the whole run and no trouble: rank 0 says it for all.
  void remark(const std::string& line);

 private:
  bool first_rank() const { return rank_.value_or(0) == 0; }
  void say(const std::string& line, std::optional<unsigned> speaker);
  void clear_bar();

  ProgressMode mode_;
  std::optional<unsigned> rank_;
  std::string shard_;
  std::string stage_;
  double next_ = 0;
  bool bar_drawn_ = false;
};

}  // namespace corticast::cli
