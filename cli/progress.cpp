#include "cli/progress.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <iostream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "cli/words.h"
#include "engine/base/error.h"

namespace corticast::cli {
namespace {

constexpr double kInterval = 0.1;  // seconds

double unix_time() {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  return static_cast<double>(std::chrono::duration_cast<std::chrono::milliseconds>(now).count()) /
         1000;
}

std::size_t terminal_width() {
  winsize size{};
  return ::ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : 80;
}

void print_json(const nlohmann::ordered_json& line) {
  std::cerr << line.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace) << "\n"
            << std::flush;
}

std::string bar_line(const std::string& stage, const Progress& p, double rate) {
  std::ostringstream numbers;
  numbers << " " << p.done << "/" << p.total;
  if (rate > 0) {
    numbers.precision(rate < 10 ? 2 : 4);
    numbers << "  " << rate << " images/s  "
            << human_time(static_cast<double>(p.total - p.done) / rate) << " left";
  }
  if (p.failed > 0) numbers << "  " << p.failed << " failed";
  const std::size_t taken = stage.size() + numbers.str().size() + 4;
  const std::size_t room =
      terminal_width() > taken ? std::min<std::size_t>(terminal_width() - taken, 40) : 0;
  const std::size_t full = p.total == 0 ? 0 : room * p.done / p.total;
  return stage + " [" + std::string(full, '#') + std::string(room - full, '.') + "]" +
         numbers.str();
}

}  // namespace

ProgressMode parse_progress(const std::string& text) {
  if (text == "auto") return ::isatty(STDERR_FILENO) ? ProgressMode::kBar : ProgressMode::kNone;
  if (text == "bar") return ProgressMode::kBar;
  if (text == "json") return ProgressMode::kJson;
  if (text == "none") return ProgressMode::kNone;
  throw Error(ErrorCode::kUsage, "--progress: '" + text + "' is not auto, bar, json or none");
}

ProgressReport::~ProgressReport() {
  clear_bar();
}

void ProgressReport::update(const std::string& stage, const Progress& progress) {
  if (mode_ == ProgressMode::kNone || !first_rank()) return;
  const bool changed = stage != stage_;
  if (!changed && progress.done < progress.total && progress.seconds < next_) return;
  stage_ = stage;
  next_ = progress.seconds + kInterval;
  const double rate =
      progress.seconds > 0 ? static_cast<double>(progress.done) / progress.seconds : 0;
  if (mode_ == ProgressMode::kBar) {
    std::cerr << "\r\033[K" << bar_line(stage, progress, rate) << std::flush;
    bar_drawn_ = true;
    return;
  }
  nlohmann::ordered_json line{{"ts", unix_time()},
                              {"stage", stage},
                              {"done", progress.done},
                              {"total", progress.total},
                              {"failed", progress.failed},
                              {"rate", rate},
                              {"eta", nullptr}};
  if (rate > 0) line["eta"] = static_cast<double>(progress.total - progress.done) / rate;
  if (!shard_.empty()) line["shard"] = shard_;
  print_json(line);
}

void ProgressReport::say(const std::string& line, std::optional<unsigned> speaker) {
  if (mode_ == ProgressMode::kJson) {
    nlohmann::ordered_json object{{"ts", unix_time()}, {"note", line}};
    if (speaker) object["rank"] = *speaker;
    print_json(object);
    return;
  }
  clear_bar();
  // One write: the lines of several ranks do not mix.
  std::cerr << (speaker ? "rank " + std::to_string(*speaker) + ": " : "") + line + "\n";
}

void ProgressReport::note(const std::string& line) {
  say(line, rank_);
}

void ProgressReport::remark(const std::string& line) {
  if (first_rank()) say(line, std::nullopt);
}

void ProgressReport::clear_bar() {
  if (bar_drawn_) std::cerr << "\r\033[K" << std::flush;
  bar_drawn_ = false;
}

}  // namespace corticast::cli
