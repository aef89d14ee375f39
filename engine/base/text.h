// Small text helpers for messages and lists.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace corticast {

// Splits at `separator`; pieces keep their order, are trimmed of blanks, and empty ones are
// dropped.
std::vector<std::string> split_list(std::string_view text, char separator = ',');

// The candidate nearest to `word` by edit distance (ASCII case ignored), or "" when none is near
// enough to be what the user meant.
std::string nearest(std::string_view word, const std::vector<std::string>& candidates);

// Parses a whole string as a decimal number. False for anything else, including overflow.
bool parse_number(std::string_view text, unsigned& value);

// "57,051": digits in groups of three, for people.
std::string grouped(unsigned long long number);

// True if the bytes are well-formed UTF-8.
bool is_utf8(std::string_view text);

}  // namespace corticast
