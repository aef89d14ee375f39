#include "tests/cuda_sim/machine/report.h"

#include <utility>

namespace cuda_sim {
namespace {

constexpr std::size_t kMostReports = 1000;

std::string to_string(const Dim3& at) {
  return "(" + std::to_string(at[0]) + "," + std::to_string(at[1]) + "," + std::to_string(at[2]) +
         ")";
}

}  // namespace

std::string to_string(Fault fault) {
  switch (fault) {
    case Fault::kGlobalBounds:
      return "global bounds";
    case Fault::kSharedBounds:
      return "shared bounds";
    case Fault::kLocalBounds:
      return "local bounds";
    case Fault::kParameterBounds:
      return "parameter bounds";
    case Fault::kMisaligned:
      return "misaligned";
    case Fault::kUninitialised:
      return "uninitialised";
    case Fault::kReadOnlyWrite:
      return "read-only write";
    case Fault::kBlockRace:
      return "block race";
    case Fault::kGridRace:
      return "grid race";
    case Fault::kBarrierDivergence:
      return "barrier divergence";
    case Fault::kEarlyExit:
      return "early exit";
    case Fault::kInactiveLane:
      return "inactive lane";
    case Fault::kWarpOperand:
      return "warp operand";
    case Fault::kAsyncHazard:
      return "async hazard";
    case Fault::kDeadlock:
      return "deadlock";
    case Fault::kTrap:
      return "trap";
    case Fault::kLaunch:
      return "launch";
    case Fault::kHost:
      return "host";
    case Fault::kLibrary:
      return "library";
  }
  return "unknown fault";
}

std::string to_string(const Report& report) {
  std::string text = "[" + to_string(report.fault) + "] " + report.where;
  if (!report.kernel.empty()) {
    text += " in " + report.kernel + ", block " + to_string(report.block) + " thread " +
            to_string(report.thread);
  }
  text += ": " + report.message;
  if (report.times > 1) text += " (" + std::to_string(report.times) + " times)";
  return text;
}

std::size_t Reports::add(Report report) {
  for (std::size_t i = 0; i < reports_.size(); ++i) {
    Report& known = reports_[i];
    if (known.fault == report.fault && known.kernel == report.kernel &&
        known.where == report.where &&
        (!report.kernel.empty() || known.message == report.message)) {
      known.times += report.times;
      return i;
    }
  }
  if (reports_.size() >= kMostReports) {
    if (reports_.size() == kMostReports) {
      Report more;
      more.where = "all checks";
      more.message = "more than " + std::to_string(kMostReports) +
                     " different reports; further ones are only counted";
      more.times = 0;
      reports_.push_back(std::move(more));
    }
    reports_.back().times += report.times;
    return reports_.size() - 1;
  }
  reports_.push_back(std::move(report));
  return reports_.size() - 1;
}

}  // namespace cuda_sim
