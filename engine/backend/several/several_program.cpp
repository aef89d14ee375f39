#include "engine/backend/several/several_program.h"

#include <utility>

#include "engine/backend/several/blame.h"

namespace corticast::several {

SeveralProgram::SeveralProgram(std::vector<NamedProgram> programs)
    : programs_(std::move(programs)) {
  for (const NamedProgram& each : programs_) {
    if (each.program->slots() == programs_.front().program->slots()) continue;
    throw Error(ErrorCode::kInternal, each.device + " has " +
                                          std::to_string(each.program->slots()) + " slots, " +
                                          programs_.front().device + " has " +
                                          std::to_string(programs_.front().program->slots()));
  }
}

std::size_t SeveralProgram::slots() const {
  return programs_.size() * programs_.front().program->slots();
}

std::uint8_t* SeveralProgram::input(std::size_t slot) {
  return owner(slot).program->input(slot / programs_.size());
}

void SeveralProgram::submit(std::size_t slot, std::size_t n) {
  blame(owner(slot).device, [&] { owner(slot).program->submit(slot / programs_.size(), n); });
}

Responses SeveralProgram::wait(std::size_t slot) {
  return blame(owner(slot).device,
               [&] { return owner(slot).program->wait(slot / programs_.size()); });
}

Findings SeveralProgram::findings() {
  Findings all;
  for (const NamedProgram& each : programs_) {
    const Findings found = each.program->findings();
    const auto add = [&each](const std::vector<std::string>& from, std::vector<std::string>& to) {
      for (const std::string& line : from) to.push_back(each.device + ": " + line);
    };
    add(found.notes, all.notes);
    add(found.warnings, all.warnings);
    add(found.comparison, all.comparison);
    all.difference |= found.difference;
  }
  return all;
}

}  // namespace corticast::several
