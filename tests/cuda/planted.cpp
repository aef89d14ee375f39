#include "tests/cuda/planted.h"

#include <algorithm>

#include "tests/cuda/cards.h"
#include "tests/cuda_sim/tests/bugs/place.h"
#include "tests/support/catch.h"

namespace corticast::test {
namespace {

// Plants a bug while it lives.
class Planted {
 public:
  explicit Planted(const Bug& bug) {
    cuda_sim::runtime::set_ptx_mutation([this, &bug](const std::string& ptx) {
      if (!cuda_sim::bugs::has_kernel(ptx, bug.kernel)) return ptx;
      try {
        std::string edited = cuda_sim::bugs::edit_kernel(ptx, bug.kernel, bug.edits);
        ++times;
        return edited;
      } catch (const cuda_sim::bugs::EditError& error) {
        failure = error.what();
        return ptx;
      }
    });
  }
  ~Planted() { cuda_sim::runtime::set_ptx_mutation({}); }
  Planted(const Planted&) = delete;
  Planted& operator=(const Planted&) = delete;

  int times = 0;
  std::string failure;
};

std::string text_of(const std::vector<cuda_sim::Report>& reports) {
  std::string text = std::to_string(reports.size()) + " reports";
  for (const cuda_sim::Report& report : reports) text += "\n" + to_string(report);
  return text;
}

}  // namespace

std::string kernel_place(const std::string& file, const std::string& snippet) {
  return cuda_sim::bugs::place_in("kernels/cuda/" + file, snippet);
}

void check_reported(const Bug& bug, const std::string& card) {
  INFO(bug.name << " on " << card);
  play(card);
  bug.run();
  check_clean();

  const Planted planted(bug);
  play(card);
  bug.run();
  CHECK(planted.failure == "");
  CHECK(planted.times == 1);
  const std::vector<cuda_sim::Report> reports = cuda_sim::runtime::reports();
  INFO(text_of(reports));
  CHECK(std::any_of(reports.begin(), reports.end(), [&bug](const cuda_sim::Report& report) {
    return report.fault == bug.fault && report.where.find(bug.file + ":") != std::string::npos &&
           report.kernel.starts_with("corticast::kernels::cuda::");
  }));
}

}  // namespace corticast::test
