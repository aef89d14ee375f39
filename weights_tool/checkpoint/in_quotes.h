// Text from an untrusted file, made safe for a message.
#pragma once

#include <string>
#include <string_view>

namespace corticast::weights {

// The text in single quotes: bytes outside printable ASCII become \xNN, long texts are cut at 120.
std::string in_quotes(std::string_view text);

}  // namespace corticast::weights
