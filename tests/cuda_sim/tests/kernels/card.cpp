#include "tests/cuda_sim/tests/kernels/card.h"

#include "tests/cuda_sim/runtime/profile.h"
#include "tests/cuda_sim/runtime/session.h"

namespace cuda_sim::test {

Profile card(const std::string& name) {
  return runtime::load_profile(std::string(CORTICAST_TEST_DATA) + "/device_profiles/" + name +
                               ".json");
}

void play(const std::string& name, Checks checks) {
  runtime::reset({card(name), 1, checks, runtime::Schedule::kLate});
}

}  // namespace cuda_sim::test
