#include "engine/base/instruction_set.h"

#include <cstdlib>
#include <string>
#include <vector>

#include "engine/base/error.h"

namespace corticast {

kernels::cpu::Isa chosen_isa() {
  const std::vector<kernels::cpu::Isa> available = kernels::cpu::available_isas();
  const char* const text = std::getenv("CORTICAST_ISA");
  if (text == nullptr || *text == '\0') return available.back();
  std::string names;
  for (const kernels::cpu::Isa isa : available) {
    const std::string name = to_string(isa);
    if (name == text) return isa;
    names += (names.empty() ? "" : ", ") + name;
  }
  throw Error(ErrorCode::kDevice,
              "CORTICAST_ISA is \"" + std::string(text) + "\", but this processor runs " + names,
              "Set CORTICAST_ISA to one of these, or unset it to use the best.");
}

}  // namespace corticast
