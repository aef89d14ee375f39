#include "tests/cuda_sim/runtime/modules.h"

#include <algorithm>
#include <cstring>

#include "tests/cuda_sim/opcodes/decoder.h"

namespace cuda_sim::runtime {

void ParsedModules::set_mutation(PtxMutation mutation) {
  mutation_ = std::move(mutation);
  modules_.clear();
}

void ParsedModules::forget(const FatBinary* binary) {
  for (const FatEntry& entry : binary->entries) modules_.erase(&entry);
}

std::shared_ptr<const ptx::Module> ParsedModules::get(const FatBinary& binary, std::uint32_t sm) {
  if (!binary.error.empty()) throw NoImage(binary.error);
  const FatEntry* const entry = choose_ptx(binary.entries, sm);
  if (entry == nullptr) {
    std::string found;
    for (const FatEntry& e : binary.entries) {
      if (e.kind != FatEntry::Kind::kPtx) continue;
      found += (found.empty() ? "" : ", ") + std::string("compute_") + std::to_string(e.sm) +
               (e.architecture_specific ? "a"
                : e.family_specific     ? "f"
                                        : "");
    }
    throw NoImage("the object has no PTX for compute capability " + std::to_string(sm / 10) + "." +
                  std::to_string(sm % 10) + " (found: " + (found.empty() ? "none" : found) +
                  "); compile with -gencode arch=compute_XX,code=[sm_XX,compute_XX]");
  }
  auto& module = modules_[entry];
  if (module == nullptr) {
    std::string text = unpack(*entry);
    if (mutation_) text = mutation_(text);
    module = std::make_shared<const ptx::Module>(ptx::parse(text));
  }
  return module;
}

LoadedModule::LoadedModule(std::shared_ptr<const ptx::Module> module, Device& device)
    : module_(std::move(module)) {
  for (const ptx::Variable& variable : module_->variables) {
    if ((variable.space != Space::kGlobal && variable.space != Space::kConst) ||
        variable.is_extern) {
      continue;
    }
    const std::uint64_t address =
        device.memory().allocate(std::max<std::uint64_t>(variable.bytes, 1),
                                 "variable " + variable.name, variable.space == Space::kConst);
    if (address == 0) throw std::bad_alloc();
    std::byte* const data =
        device.memory().write(address, std::max<std::uint64_t>(variable.bytes, 1));
    std::memset(data, 0, variable.bytes);
    if (!variable.initial.empty()) {
      std::memcpy(data, variable.initial.data(), variable.initial.size());
    }
    variables_[variable.name] = address;
  }
}

const ptx::Function& LoadedModule::function(const std::string& name) const {
  const ptx::Function* const function = module_->find(name);
  if (function == nullptr || !function->is_entry) {
    throw std::runtime_error("the PTX has no kernel named " + name);
  }
  return *function;
}

const Program& LoadedModule::program(const std::string& name) {
  auto& program = programs_[name];
  if (program == nullptr) {
    program = decode(module_, function(name),
                     [this](const ptx::Variable& v) -> std::uint64_t { return variable(v.name); });
  }
  return *program;
}

std::uint64_t LoadedModule::variable(const std::string& name) const {
  const auto found = variables_.find(name);
  return found == variables_.end() ? 0 : found->second;
}

}  // namespace cuda_sim::runtime
