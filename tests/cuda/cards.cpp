#include "tests/cuda/cards.h"

#include "tests/cuda_sim/runtime/profile.h"
#include "tests/support/catch.h"
#include "tests/support/npz.h"

namespace corticast::test {

void play(const std::string& card, std::uint32_t devices) {
  cuda_sim::runtime::Setup setup;
  setup.profile =
      cuda_sim::runtime::load_profile(data_path("device_profiles/" + card + ".json").string());
  setup.devices = devices;
  cuda_sim::runtime::reset(setup);
}

void check_clean() {
  for (const cuda_sim::Report& report : cuda_sim::runtime::reports()) {
    FAIL_CHECK(cuda_sim::to_string(report));
  }
}

}  // namespace corticast::test
