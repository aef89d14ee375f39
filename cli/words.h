// Text for people: names made safe for a terminal, sizes, durations.
#pragma once

#include <cstdint>
#include <string>

namespace corticast::cli {

// The bytes of a name with control characters and invalid UTF-8 written as \xNN, so that a file
// name cannot move the cursor.
std::string printable(const std::string& name);

std::string human_bytes(std::uint64_t bytes);  // "12.3 GB", powers of 1000
std::string human_time(double seconds);        // "1 h 02 min", "3 min 20 s", "4.2 s"

// argv as one line that a POSIX shell would split into the same words.
std::string quoted_command(int argc, const char* const* argv);

}  // namespace corticast::cli
