#include "weights_tool/published_name.h"

#include <string_view>

namespace corticast::weights {
namespace {

// Removes `prefix` from the front of `text`; false if it is not there.
bool consume(std::string_view& text, std::string_view prefix) {
  if (!text.starts_with(prefix)) return false;
  text.remove_prefix(prefix.size());
  return true;
}

std::string capitalised(std::string word) {
  if (!word.empty() && word[0] >= 'a' && word[0] <= 'z') {
    word[0] = static_cast<char>(word[0] - 'a' + 'A');
  }
  return word;
}

}  // namespace

std::string PublishedName::model_id() const {
  const std::string who = subject ? subjects : "sub" + capitalised(subjects);
  return std::string("fmri-mosaic-CNN8_") + (multihead ? "multihead_" : "singlehead_") + who +
         "_vertices" + capitalised(vertices);
}

std::string vertex_set_for(std::uint32_t vertices) {
  constexpr std::uint32_t kAll = 57051;
  constexpr std::uint32_t kVisual = 7831;
  return vertices == kAll ? "all" : vertices == kVisual ? "visual" : "none";
}

std::optional<PublishedName> parse_published_name(const std::filesystem::path& path) {
  const std::string stem = path.stem().string();
  std::string_view rest = stem;
  PublishedName name;
  if (path.extension() != ".pth" || !consume(rest, "model-CNN8_framework-")) return std::nullopt;
  if (consume(rest, "singlehead_subjects-")) {
    name.multihead = false;
  } else if (!consume(rest, "multihead_subjects-")) {
    return std::nullopt;
  }
  constexpr std::string_view kVertices = "_vertices-";
  const std::size_t at = rest.rfind(kVertices);
  if (at == std::string_view::npos) return std::nullopt;
  name.subjects = rest.substr(0, at);
  name.vertices = rest.substr(at + kVertices.size());
  if (name.vertices != "all" && name.vertices != "visual") return std::nullopt;
  if (!name.multihead) name.subject = parse_subject(name.subjects);
  if (name.subjects.starts_with("sub-") && !name.subject) return std::nullopt;
  return name;
}

}  // namespace corticast::weights
