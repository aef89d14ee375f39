#include "engine/maps/map_names.h"

#include <algorithm>
#include <cstdio>

#include "engine/base/text.h"

namespace corticast {
namespace {

// Bytes of the character at the front that XML can hold; 0 if there is none such.
std::size_t character_bytes(std::string_view text) {
  const auto lead = static_cast<unsigned char>(text.front());
  if (lead < 0x20 || lead == 0x7F) return 0;
  if (lead < 0x80) return 1;
  for (std::size_t size = 2; size <= std::min<std::size_t>(4, text.size()); ++size) {
    const std::string_view one = text.substr(0, size);
    if (!is_utf8(one)) continue;
    const bool control = lead == 0xC2 && static_cast<unsigned char>(one[1]) < 0xA0;
    return control || one == "\xEF\xBF\xBE" || one == "\xEF\xBF\xBF" ? 0 : size;
  }
  return 0;
}

}  // namespace

std::string harmless_name(std::string_view name) {
  std::string out;
  out.reserve(name.size());
  while (!name.empty()) {
    const std::size_t size = character_bytes(name);
    if (size > 0) {
      out += name.substr(0, size);
    } else {
      char escape[4];
      std::snprintf(escape, sizeof(escape), "%%%02X", static_cast<unsigned char>(name.front()));
      out += escape;
    }
    name.remove_prefix(std::max<std::size_t>(size, 1));
  }
  return out;
}

std::vector<std::string> harmless_names(const std::vector<std::string>& names,
                                        std::vector<std::string>* notes) {
  std::vector<std::string> out;
  out.reserve(names.size());
  std::size_t changed = 0;
  std::string example;
  for (const std::string& name : names) {
    out.push_back(harmless_name(name));
    if (out.back() != name && changed++ == 0) example = out.back();
  }
  if (changed > 0 && notes != nullptr) {
    notes->push_back(std::to_string(changed) +
                     (changed == 1 ? " map name holds" : " map names hold") +
                     " bytes that the format cannot, written as %XX: " + example);
  }
  return out;
}

}  // namespace corticast
