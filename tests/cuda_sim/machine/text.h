// Words for reports.
#pragma once

#include <cstdint>
#include <string>

namespace cuda_sim {

// "1 byte", "4,096 bytes"
std::string counted(std::uint64_t count, const std::string& noun);
// "0x7f10"
std::string hexadecimal(std::uint64_t value);
// Of a mask: "lanes 0-15 and 31", "lane 3"
std::string lanes_text(std::uint32_t lanes);

}  // namespace cuda_sim
