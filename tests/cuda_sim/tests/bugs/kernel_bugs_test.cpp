// Each planted bug is reported as what it is, where it is; the same run without it reports nothing.
#include "tests/cuda_sim/tests/bugs/kernel_bugs.h"

#include <algorithm>
#include <exception>

#include "tests/cuda_sim/runtime/session.h"
#include "tests/cuda_sim/tests/kernels/card.h"
#include "tests/support/catch.h"

using namespace cuda_sim;
using namespace cuda_sim::bugs;

namespace {

// Edits one kernel while it lives. An edit that fails is thrown by check().
class Planted {
 public:
  explicit Planted(const KernelBug& bug) {
    runtime::set_ptx_mutation([this, &bug](const std::string& ptx) {
      if (!has_kernel(ptx, bug.kernel)) return ptx;
      try {
        ++times_;
        return edit_kernel(ptx, bug.kernel, bug.edits);
      } catch (const EditError&) {
        failure_ = std::current_exception();
        return ptx;
      }
    });
  }
  ~Planted() { runtime::set_ptx_mutation({}); }
  Planted(const Planted&) = delete;
  Planted& operator=(const Planted&) = delete;

  void check() const {
    if (failure_) std::rethrow_exception(failure_);
    CHECK(times_ == 1);
  }

 private:
  int times_ = 0;
  std::exception_ptr failure_;
};

std::string text_of(const std::vector<Report>& reports) {
  std::string text = std::to_string(reports.size()) + " reports";
  for (const Report& report : reports) text += "\n" + to_string(report);
  return text;
}

// A report in an inlined function names its own line and the caller's; either may be expected.
bool is_at(const std::string& where, const std::string& place) {
  return where == place || where.starts_with(place + " (inlined at ") ||
         where.ends_with(" (inlined at " + place + ")");
}

// A launch that a fault ended makes every later call fail, the download of results included.
cudaError_t run(const KernelBug& bug) {
  try {
    return bug.run().error;
  } catch (const std::runtime_error&) {
    return cudaErrorUnknown;
  }
}

// What differs from the bug's row, one line each; empty: nothing.
std::string differences(const KernelBug& bug, cudaError_t error,
                        const std::vector<Report>& reports) {
  std::string text;
  const auto expect = [&text](bool right, const std::string& what) {
    if (!right) text += "expected " + what + "\n";
  };
  expect(error == bug.error,
         std::string("error ") + cudaGetErrorName(bug.error) + ", got " + cudaGetErrorName(error));
  const auto first = std::find_if(reports.begin(), reports.end(), [&bug](const Report& report) {
    return report.fault == bug.fault;
  });
  if (first == reports.end()) return text + "expected " + to_string(bug.fault);
  expect(is_at(first->where, bug.where), "it at " + bug.where);
  expect(first->block == bug.block, "block " + std::to_string(bug.block[0]));
  expect(first->thread == bug.thread, "thread " + std::to_string(bug.thread[0]));
  expect(first->kernel.find("cuda_sim::kernels::") == 0, "a demangled kernel");
  for (const Report& report : reports) {
    const bool also = std::find(bug.also.begin(), bug.also.end(), report.fault) != bug.also.end();
    expect(report.fault == bug.fault || also, "no " + to_string(report.fault));
  }
  return text;
}

void check_caught(const KernelBug& bug) {
  const Planted planted(bug);
  const cudaError_t error = run(bug);
  planted.check();
  const std::vector<Report> reports = runtime::reports();
  INFO(text_of(reports));
  CHECK(differences(bug, error, reports) == "");
}

void check_all(const std::vector<KernelBug>& bugs) {
  for (const KernelBug& bug : bugs) {
    for (const std::string& card : test::kCards) {
      if (test::card(card).sm < bug.least_sm) continue;
      INFO(bug.name << " on " << card);
      test::play(card);
      const test::Outcome clean = bug.run();
      CHECK(clean.error == cudaSuccess);
      INFO("without the bug: " << text_of(runtime::reports()));
      REQUIRE(runtime::reports().empty());
      test::play(card);
      check_caught(bug);
    }
  }
}

}  // namespace

TEST_CASE("planted bugs of memory are reported where they are") {
  check_all(memory_bugs());
}

TEST_CASE("planted bugs of synchronisation are reported where they are") {
  check_all(synchronisation_bugs());
}
