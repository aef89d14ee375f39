#include "tests/cuda_sim/runtime/launches.h"

#include <algorithm>
#include <cstring>

#include "tests/cuda_sim/machine/text.h"
#include "tests/cuda_sim/runtime/machine_code.h"
#include "tests/cuda_sim/runtime/queue.h"

namespace cuda_sim::runtime {
namespace {

std::string text_of(const dim3& d) {
  return "(" + std::to_string(d.x) + ", " + std::to_string(d.y) + ", " + std::to_string(d.z) + ")";
}

bool exceeds(const dim3& d, const Dim3& limit) {
  return d.x > limit[0] || d.y > limit[1] || d.z > limit[2];
}

void require_shape(const Profile& profile, const Program& program, const LaunchRequest& request) {
  const auto bad = [&](const std::string& text) {
    refuse(cudaErrorInvalidConfiguration, Fault::kLaunch, program.demangled + ": " + text);
  };
  const dim3& grid = request.grid;
  const dim3& block = request.block;
  if (grid.x == 0 || grid.y == 0 || grid.z == 0) bad("the grid " + text_of(grid) + " is empty");
  if (block.x == 0 || block.y == 0 || block.z == 0) {
    bad("the block " + text_of(block) + " is empty");
  }
  if (exceeds(grid, profile.max_grid)) {
    bad("the grid " + text_of(grid) + " exceeds the limit of " +
        text_of({profile.max_grid[0], profile.max_grid[1], profile.max_grid[2]}));
  }
  const std::uint64_t threads = std::uint64_t{block.x} * block.y * block.z;
  if (exceeds(block, profile.max_block) || threads > profile.threads_per_block) {
    bad("the block " + text_of(block) + " of " + counted(threads, "thread") +
        " exceeds the limit of " +
        text_of({profile.max_block[0], profile.max_block[1], profile.max_block[2]}) + " and " +
        counted(profile.threads_per_block, "thread"));
  }
}

void require_resources(const Profile& profile, const RegisteredKernel& kernel,
                       const Program& program, const KernelSettings& settings,
                       const LaunchRequest& request) {
  const std::uint64_t threads = std::uint64_t{request.block.x} * request.block.y * request.block.z;
  const std::uint32_t most = program.function->max_threads;
  if (most != 0 && threads > most) {
    refuse(cudaErrorInvalidValue, Fault::kLaunch,
           program.demangled + ": " + counted(threads, "thread") +
               " per block, but its launch bounds promise at most " + std::to_string(most));
  }
  const std::uint32_t limit = dynamic_shared_limit(profile, settings, program.static_shared_bytes);
  if (request.dynamic_shared > limit) {
    refuse(cudaErrorInvalidValue, Fault::kLaunch,
           program.demangled + ": " + counted(request.dynamic_shared, "byte") +
               " of dynamic shared memory and " + counted(program.static_shared_bytes, "byte") +
               " of static exceed what the launch may use (" + counted(limit, "byte") +
               " dynamic; " + profile.name + " has " + counted(profile.shared_per_block, "byte") +
               " per block, " + counted(profile.shared_per_block_optin, "byte") +
               " after cudaFuncSetAttribute(cudaFuncAttributeMaxDynamicSharedMemorySize))");
  }
  const std::uint32_t registers = registers_of(kernel, profile.sm);
  if (registers != 0 &&
      blocks_per_multiprocessor(profile, static_cast<std::uint32_t>(threads), 0, registers) == 0) {
    refuse(cudaErrorLaunchOutOfResources, Fault::kLaunch,
           program.demangled + ": " + counted(threads, "thread") + " with " +
               counted(registers, "register") + " each exceed the " +
               counted(profile.registers_per_block, "register") + " of a block");
  }
}

std::vector<std::byte> copy_arguments(const ptx::Function& function, void** arguments) {
  std::vector<std::byte> parameters(function.parameter_bytes);
  for (std::size_t i = 0; i < function.parameters.size(); ++i) {
    const ptx::Variable& parameter = function.parameters[i];
    if (arguments == nullptr || arguments[i] == nullptr) {
      refuse(cudaErrorInvalidValue, Fault::kLaunch,
             "argument " + std::to_string(i) + " of " + function.name + " is missing");
    }
    std::memcpy(parameters.data() + parameter.offset, arguments[i], parameter.bytes);
  }
  return parameters;
}

// Every 8-byte word of the arguments that is an address of device memory.
std::vector<std::uint64_t> addresses_in(State& state, const std::vector<std::byte>& parameters) {
  std::vector<std::uint64_t> addresses;
  for (std::size_t at = 0; at + 8 <= parameters.size(); at += 8) {
    std::uint64_t word = 0;
    std::memcpy(&word, parameters.data() + at, 8);
    if (state.owner(word) != nullptr) addresses.push_back(word);
  }
  return addresses;
}

}  // namespace

const RegisteredKernel& kernel_of(const void* symbol) {
  const RegisteredKernel* const kernel = Registry::instance().kernel(symbol);
  if (kernel == nullptr) {
    refuse(cudaErrorInvalidDeviceFunction, Fault::kLaunch, "is given no kernel of this program");
  }
  return *kernel;
}

std::uint32_t dynamic_shared_limit(const Profile& profile, const KernelSettings& settings,
                                   std::uint32_t static_shared) {
  if (static_shared > profile.shared_per_block) return 0;
  return std::max(profile.shared_per_block - static_shared, settings.max_dynamic_shared);
}

int blocks_per_multiprocessor(const Profile& profile, std::uint32_t threads, std::uint64_t shared,
                              std::uint32_t registers) {
  if (threads == 0 || threads > profile.threads_per_block) return 0;
  const std::uint64_t warps = (threads + 31) / 32;
  std::uint64_t blocks = std::min<std::uint64_t>(profile.blocks_per_multiprocessor,
                                                 profile.threads_per_multiprocessor / 32 / warps);
  // Granularities of cuda_occupancy.h: shared memory by 128 bytes (256 on 7.x), registers by 256
  // per warp.
  const std::uint64_t unit = profile.sm >= 80 ? 128 : 256;
  const std::uint64_t each = (shared + profile.reserved_shared_per_block + unit - 1) / unit * unit;
  const std::uint64_t all = profile.shared_per_block_optin + profile.reserved_shared_per_block;
  if (each > 0) blocks = std::min(blocks, all / each);
  if (registers > 0) {
    const std::uint64_t per_warp = (std::uint64_t{registers} * 32 + 255) / 256 * 256;
    // Warps are dealt to four schedulers, each with a quarter of the registers.
    const std::uint64_t resident = profile.registers_per_block / 4 / per_warp * 4;
    blocks = std::min(blocks, resident / ((warps + 3) / 4 * 4));
  }
  return static_cast<int>(blocks);
}

void launch(State& state, Stream& stream, const RegisteredKernel& kernel,
            const LaunchRequest& request) {
  DeviceState& device = *stream.device;
  if (&device != &state.current()) {
    refuse(cudaErrorInvalidResourceHandle, Fault::kLaunch,
           stream.name() + " belongs to device " + std::to_string(device.ordinal) +
               ", but device " + std::to_string(state.current().ordinal) + " is current");
  }
  if (state.failures.strikes(Failure::Kind::kLaunch)) refuse(cudaErrorLaunchOutOfResources);
  const Program& program = state.module(device, *kernel.binary).program(kernel.name);
  const Profile& profile = device.device.profile();
  require_shape(profile, program, request);
  require_resources(profile, kernel, program, device.settings[&kernel], request);

  Launch launch;
  launch.program = &program;
  launch.grid = {request.grid.x, request.grid.y, request.grid.z};
  launch.block = {request.block.x, request.block.y, request.block.z};
  launch.dynamic_shared = static_cast<std::uint32_t>(request.dynamic_shared);
  launch.parameters = copy_arguments(*program.function, request.arguments);
  Work work;
  work.name = program.demangled;
  work.device_memory = addresses_in(state, launch.parameters);
  work.run = [launch = std::move(launch)](Device& on) { on.run(launch); };
  submit(state, stream, std::move(work));
  ++state.totals.launches;
}

}  // namespace cuda_sim::runtime
