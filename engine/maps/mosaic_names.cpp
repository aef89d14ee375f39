#include "engine/maps/mosaic_names.h"

#include <map>
#include <unordered_set>

#include "engine/base/text.h"

namespace corticast {

std::string mosaic_name(std::string_view name) {
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  if (name.empty()) return "%";
  const bool utf8 = is_utf8(name);
  std::string text;
  for (const char character : name) {
    const auto byte = static_cast<unsigned char>(character);
    if (character == '/' || character == '%' || name == "." || (!utf8 && byte >= 0x80)) {
      text += {'%', kDigits[byte >> 4], kDigits[byte & 15]};
    } else {
      text += character;
    }
  }
  return text;
}

std::vector<MosaicName> mosaic_names(const std::vector<std::string>& names) {
  std::unordered_set<std::string> taken;
  for (const std::string& name : names) taken.insert(mosaic_name(name));
  std::map<std::string, unsigned> seen;
  std::vector<MosaicName> list;
  list.reserve(names.size());
  for (const std::string& name : names) {
    const std::string plain = mosaic_name(name);
    unsigned& next = seen[plain];
    MosaicName own{plain, next++};
    // A name that was given to another map is passed over.
    for (unsigned number = own.repetition; own.repetition > 0; ++number) {
      own.dataset = plain + "_rep-" + std::to_string(number);
      if (taken.insert(own.dataset).second) break;
    }
    list.push_back(std::move(own));
  }
  return list;
}

}  // namespace corticast
