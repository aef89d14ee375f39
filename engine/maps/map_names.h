// Names of maps as text files may hold them.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace corticast {

// A name that XML and every reader of it can hold: bytes that are no UTF-8, control characters and
// U+FFFE, U+FFFF become %XX each; everything else stays.
std::string harmless_name(std::string_view name);

// All of them; what changed is said in `notes` (may be nullptr), as one sentence.
std::vector<std::string> harmless_names(const std::vector<std::string>& names,
                                        std::vector<std::string>* notes);

}  // namespace corticast
