// Everything an output file says, for comparing two: shares no code with the writer or the reader.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace corticast::test {

// Path of each dataset, "@name" of each attribute of the root: its shape and bytes, or texts.
// Without command_line, which every run has of its own. Throws std::runtime_error.
std::map<std::string, std::string> contents(const std::filesystem::path& file);

// The journal; empty if the file cannot be read or has none (killed while it was created).
std::vector<std::uint8_t> journal(const std::filesystem::path& file);

// Empty if every row that `part` marks done has the responses and the status of `whole`, bit for
// bit; else what differs.
std::string wrong_done_row(const std::filesystem::path& part, const std::filesystem::path& whole);

}  // namespace corticast::test
