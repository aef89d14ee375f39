// What a long command says on stderr while it works.
#pragma once

#include <string>

#include "engine/pipeline/encode.h"

namespace corticast::cli {

enum class ProgressMode { kNone, kBar, kJson };

// auto: a bar if stderr is a terminal, else nothing. Throws Error{kUsage} for unknown words.
ProgressMode parse_progress(const std::string& text);

// kBar redraws one line; kJson writes one JSON object a line:
//   {"ts": Unix time, "stage": ..., "done", "total", "failed", "rate": images/s, "eta": s or null}
//   {"ts": ..., "note": text}
// Used by one thread.
class ProgressReport {
 public:
  explicit ProgressReport(ProgressMode mode) : mode_(mode) {}
  ~ProgressReport();
  ProgressReport(const ProgressReport&) = delete;
  ProgressReport& operator=(const ProgressReport&) = delete;

  // At most ten times a second, and whenever the run is complete or the stage changes.
  void update(const std::string& stage, const Progress& progress);
  // One line for the user, in every mode.
  void note(const std::string& line);

 private:
  void clear_bar();

  ProgressMode mode_;
  std::string stage_;
  double next_ = 0;
  bool bar_drawn_ = false;
};

}  // namespace corticast::cli
