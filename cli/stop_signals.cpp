#include "cli/stop_signals.h"

#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <csignal>
#include <string_view>

#include "engine/base/error.h"

namespace corticast::cli {
namespace {

constexpr std::array kSignals = {SIGTERM, SIGINT, SIGUSR1};
constexpr std::string_view kFinishing =
    "corticast: asked to stop: finishing the batch in flight; once more to stop at once\n";
constexpr std::string_view kAtOnce = "corticast: stopped on request\n";

std::array<struct sigaction, kSignals.size()> former;
std::atomic<bool> deferred = false;
std::atomic<bool> spoken_to = false;
std::atomic<bool> asked = false;
static_assert(std::atomic<bool>::is_always_lock_free);  // or it were not for signal handlers

// Of a signal handler: write(2) is allowed there.
void say(std::string_view text) {
  (void)!::write(STDERR_FILENO, text.data(), text.size());
}

void on_stop(int) {
  const int error = errno;
  if (!deferred || asked.exchange(true)) {
    if (spoken_to) say(kAtOnce);
    ::_exit(static_cast<int>(ErrorCode::kStopped));
  }
  if (spoken_to) say(kFinishing);
  errno = error;
}

std::string lost_mapping;

void on_lost_mapping(int) {
  say(lost_mapping);
  ::_exit(static_cast<int>(ErrorCode::kModel));
}

}  // namespace

StopSignals::StopSignals() {
  deferred = false;
  asked = false;
  spoken_to = true;
  struct sigaction action {};
  action.sa_handler = on_stop;
  action.sa_flags = SA_RESTART;
  ::sigemptyset(&action.sa_mask);
  for (std::size_t i = 0; i < kSignals.size(); ++i) {
    ::sigaction(kSignals[i], nullptr, &former[i]);
    if (former[i].sa_handler != SIG_IGN) ::sigaction(kSignals[i], &action, nullptr);
  }
}

StopSignals::~StopSignals() {
  for (std::size_t i = 0; i < kSignals.size(); ++i) ::sigaction(kSignals[i], &former[i], nullptr);
}

void StopSignals::defer(bool spoken) {
  spoken_to = spoken;
  deferred = true;
}

bool StopSignals::requested() const {
  return asked;
}

void explain_lost_mapping(const std::string& model_file) {
  lost_mapping = "corticast: " + model_file +
                 ": could not be read any more (was it truncated, or has its disk failed?)\n";
  struct sigaction action {};
  action.sa_handler = on_lost_mapping;
  ::sigemptyset(&action.sa_mask);
  ::sigaction(SIGBUS, &action, nullptr);
}

}  // namespace corticast::cli
