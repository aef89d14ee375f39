// One program on each of several devices as one program.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "engine/backend/backend.h"

namespace corticast::several {

struct NamedProgram {
  std::string device;
  std::unique_ptr<Program> program;
};

// Slot s is slot s / k of device s % k, of k devices: slots used in turn use the devices in turn.
class SeveralProgram final : public Program {
 public:
  // programs: at least one, all with the same number of slots.
  explicit SeveralProgram(std::vector<NamedProgram> programs);

  std::size_t slots() const override;
  std::uint8_t* input(std::size_t slot) override;
  void submit(std::size_t slot, std::size_t n) override;
  Responses wait(std::size_t slot) override;
  Findings findings() override;

 private:
  NamedProgram& owner(std::size_t slot) { return programs_[slot % programs_.size()]; }

  std::vector<NamedProgram> programs_;
};

}  // namespace corticast::several
