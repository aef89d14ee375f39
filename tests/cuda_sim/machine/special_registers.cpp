// Special registers (PTX ISA, chapter "Special Registers").
#include <stdexcept>
#include <string_view>

#include "tests/cuda_sim/machine/block_run.h"

namespace cuda_sim {
namespace {

void set(Warp& warp, LaneRef where, std::uint32_t lane, std::uint64_t value) {
  switch (where.bits) {
    case 16:
      warp.write<std::uint16_t>(where)[lane] = static_cast<std::uint16_t>(value);
      break;
    case 32:
      warp.write<std::uint32_t>(where)[lane] = static_cast<std::uint32_t>(value);
      break;
    case 64:
      warp.write<std::uint64_t>(where)[lane] = value;
      break;
    default:
      throw std::logic_error("special register of " + std::to_string(where.bits) +
                             " bits; 16, 32 or 64 expected");
  }
}

void fill(Warp& warp, LaneRef where, std::uint64_t value) {
  for (std::uint32_t lane = 0; lane < kLanes; ++lane) set(warp, where, lane, value);
}

// The dimension that ".x", ".y" or ".z" at the end of a name picks; 3 for anything else.
std::size_t dimension(std::string_view name) {
  if (name.size() < 2 || name[name.size() - 2] != '.') return 3;
  const std::size_t found = std::string_view("xyz").find(name.back());
  return found == std::string_view::npos ? 3 : found;
}

bool is_clock(std::string_view name) {
  return name == "%clock" || name == "%clock_hi" || name == "%clock64" || name == "%globaltimer" ||
         name == "%globaltimer_lo" || name == "%globaltimer_hi";
}

}  // namespace

void BlockRun::fill_special_registers(WarpRun& run) {
  Warp& warp = run.warp;
  for (const SpecialRegister& special : program.specials) {
    const std::string_view name = special.name;
    const std::size_t axis = dimension(name);
    const std::string_view vector = axis < 3 ? name.substr(0, name.size() - 2) : name;
    const auto uniform = [&](std::uint64_t value) { fill(warp, special.where, value); };
    const auto per_lane = [&](const auto& value) {
      for (std::uint32_t lane = 0; lane < kLanes; ++lane) {
        set(warp, special.where, lane, value(lane));
      }
    };
    if (axis < 3 && vector == "%tid") {
      per_lane([&](std::uint32_t lane) { return thread_of(warp.index, lane)[axis]; });
    } else if (axis < 3 && vector == "%ntid") {
      uniform(launch.block[axis]);
    } else if (axis < 3 && vector == "%ctaid") {
      if (warp.index == 0) block_registers_.push_back({special.where, axis});
    } else if (axis < 3 && vector == "%nctaid") {
      uniform(launch.grid[axis]);
    } else if (name == "%laneid") {
      per_lane([](std::uint32_t lane) { return lane; });
    } else if (name == "%warpid") {
      uniform(warp.index);
    } else if (name == "%nwarpid") {
      uniform(warps_.size());
    } else if (name == "%lanemask_eq") {
      per_lane([](std::uint32_t lane) { return 1U << lane; });
    } else if (name == "%lanemask_lt") {
      per_lane([](std::uint32_t lane) { return (1U << lane) - 1; });
    } else if (name == "%lanemask_le") {
      per_lane([](std::uint32_t lane) { return kAllLanes >> (31 - lane); });
    } else if (name == "%lanemask_gt") {
      per_lane([](std::uint32_t lane) { return ~(kAllLanes >> (31 - lane)); });
    } else if (name == "%lanemask_ge") {
      per_lane([](std::uint32_t lane) { return kAllLanes << lane; });
    } else if (name == "%smid") {
      if (warp.index == 0) block_registers_.push_back({special.where, 3});
    } else if (name == "%nsmid") {
      uniform(device.profile().multiprocessors);
    } else if (name == "%gridid") {
      uniform(launch_number_);
    } else if (name == "%dynamic_smem_size") {
      uniform(launch.dynamic_shared);
    } else if (name == "%total_smem_size") {
      uniform(shared_bytes);
    } else if (is_clock(name)) {
      if (name.ends_with("_hi")) {
        uniform(0);
      } else if (warp.index == 0) {
        clocks_.push_back(special.where);
      }
    } else {
      throw std::runtime_error("special register " + std::string(name) + ", which " +
                               program.demangled +
                               " reads, is not known to the simulated device; add it to "
                               "machine/special_registers.cpp");
    }
  }
}

void BlockRun::set_block_registers(Warp& warp) const {
  for (const BlockRegister& own : block_registers_) {
    const std::uint64_t value =
        own.axis < 3 ? block_index_[own.axis] : block_ % device.profile().multiprocessors;
    fill(warp, own.where, value);
  }
}

void BlockRun::set_clocks(Warp& warp) const {
  for (const LaneRef where : clocks_) fill(warp, where, counts.warp_instructions);
}

}  // namespace cuda_sim
