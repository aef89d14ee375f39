// The colour maps that a page offers.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>
#include <vector>

namespace corticast {

struct PageColours {
  std::string_view name;
  bool diverging = false;                 // has a middle, for values of both signs
  std::array<std::uint8_t, 768> table{};  // 256 colours: red, green, blue
};

// The first diverging and the first sequential one are the defaults.
const std::vector<PageColours>& page_colours();

}  // namespace corticast
