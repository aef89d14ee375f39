#include "tests/cuda_sim/runtime/failures.h"

#include <charconv>
#include <sstream>
#include <stdexcept>

namespace cuda_sim::runtime {
namespace {

constexpr std::pair<const char*, Failure::Kind> kNames[] = {
    {"allocation", Failure::Kind::kAllocation},
    {"device-allocation", Failure::Kind::kDeviceAllocation},
    {"pinned-allocation", Failure::Kind::kPinnedAllocation},
    {"launch", Failure::Kind::kLaunch},
    {"call", Failure::Kind::kCall},
};

}  // namespace

bool FailurePlan::strikes(Failure::Kind kind) {
  bool struck = false;
  for (Failure& failure : planned_) {
    if (failure.kind != kind || failure.index == 0) continue;
    if (--failure.index == 0) struck = true;
  }
  return struck;
}

bool FailurePlan::strikes_allocation(Failure::Kind kind) {
  const bool any = strikes(Failure::Kind::kAllocation);
  const bool own = strikes(kind);
  return any || own;
}

std::vector<Failure> parse_failures(const std::string& text) {
  std::vector<Failure> failures;
  std::istringstream items(text);
  for (std::string item; std::getline(items, item, ',');) {
    const std::size_t equals = item.find('=');
    const std::string name = item.substr(0, equals);
    Failure failure;
    bool known = false;
    for (const auto& [candidate, kind] : kNames) {
      if (name != candidate) continue;
      failure.kind = kind;
      known = true;
    }
    const std::string number = equals == std::string::npos ? "" : item.substr(equals + 1);
    const char* const end = number.data() + number.size();
    const auto [stop, error] = std::from_chars(number.data(), end, failure.index);
    if (!known || error != std::errc() || stop != end || failure.index == 0) {
      throw std::runtime_error("planned failure \"" + item +
                               "\": expected NAME=INDEX, INDEX from 1, NAME one of allocation, "
                               "device-allocation, pinned-allocation, launch, call");
    }
    failures.push_back(failure);
  }
  return failures;
}

}  // namespace cuda_sim::runtime
