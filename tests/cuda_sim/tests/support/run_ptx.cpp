#include "tests/cuda_sim/tests/support/run_ptx.h"

#include <stdexcept>

#include "tests/cuda_sim/opcodes/decoder.h"

namespace cuda_sim::test {

std::string ptx_header(std::uint32_t sm) {
  return ".version 8.0\n.target sm_" + std::to_string(sm) + "\n.address_size 64\n";
}

PtxRunner::PtxRunner(const std::string& text, std::uint32_t sm)
    : module_(std::make_shared<const ptx::Module>(ptx::parse(ptx_header(sm) + text))) {
  Profile profile;
  profile.name = "test";
  profile.sm = sm;
  profile.memory_bytes = std::uint64_t{64} << 20;
  device_ = std::make_unique<Device>(profile, 0, reports_);
  for (const ptx::Variable& variable : module_->variables) {
    if (variable.space != Space::kGlobal && variable.space != Space::kConst) continue;
    Memory& memory = device_->memory();
    const std::uint64_t address = memory.allocate(variable.bytes, "variable " + variable.name,
                                                  variable.space == Space::kConst);
    std::byte* to = memory.write(address, variable.bytes);
    std::memset(to, 0, variable.bytes);
    if (!variable.initial.empty()) std::memcpy(to, variable.initial.data(), variable.bytes);
    variables_[variable.name] = address;
  }
}

PtxRunner::~PtxRunner() = default;

std::uint64_t PtxRunner::buffer(std::size_t bytes) {
  return device_->memory().allocate(bytes, "buffer");
}

std::uint64_t PtxRunner::variable(const std::string& name) const {
  return variables_.at(name);
}

void PtxRunner::run(const std::string& kernel, Dim3 grid, Dim3 block,
                    std::uint32_t dynamic_shared) {
  const ptx::Function* function = module_->find(kernel);
  if (function == nullptr) throw std::runtime_error("no kernel is named " + kernel);
  const auto program = decode(module_, *function, [&](const ptx::Variable& variable) {
    return variables_.at(variable.name);
  });
  Launch launch;
  launch.program = program.get();
  launch.grid = grid;
  launch.block = block;
  launch.dynamic_shared = dynamic_shared;
  launch.parameters = std::move(parameters_);
  parameters_.clear();
  launch.parameters.resize(function->parameter_bytes);
  device_->run(launch);
}

const std::byte* PtxRunner::bytes(std::uint64_t address, std::size_t count) {
  bool initialised = false;
  const std::byte* from = device_->memory().read(address, count, &initialised);
  if (from == nullptr) throw std::runtime_error("the bytes to read are not in one buffer");
  return from;
}

}  // namespace cuda_sim::test
