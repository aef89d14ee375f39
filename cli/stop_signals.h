// Signals that ask a run to stop: the scheduler's, the user's.
#pragma once

#include <string>

namespace corticast::cli {

// While an object lives, SIGTERM, SIGINT and SIGUSR1 end the process with exit code 75 at once;
// after defer(), the first of them only says so on stderr and makes requested() true, and the
// second ends the process. Signals that were ignored when the program started (nohup, a background
// job of a script) stay ignored. One object at a time.
class StopSignals {
 public:
  StopSignals();
  // What was in force before.
  ~StopSignals();
  StopSignals(const StopSignals&) = delete;
  StopSignals& operator=(const StopSignals&) = delete;

  // From now on there is something to finish. spoken: whether a line on stderr is welcome.
  void defer(bool spoken);
  bool requested() const;
};

// A memory-mapped file that shrinks or cannot be read any more kills its readers by SIGBUS: says
// so, naming the model, and ends with the code of a refused model. What was written stays as it is.
void explain_lost_mapping(const std::string& model_file);

}  // namespace corticast::cli
