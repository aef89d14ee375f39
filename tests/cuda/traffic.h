// Bytes of global memory that kernels moved on the simulated device.
#pragma once

#include <cstdint>
#include <string>

namespace corticast::test {

struct Traffic {
  std::uint64_t loaded = 0;
  std::uint64_t stored = 0;
};

// Since play(), of all kernels whose name contains `kernel`. Waits for the device.
Traffic traffic_of(const std::string& kernel);

}  // namespace corticast::test
