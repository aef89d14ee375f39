#include "engine/analysis/categories.h"

#include <algorithm>
#include <unordered_map>

#include "engine/base/error.h"
#include "engine/base/text.h"

namespace corticast {
namespace {

std::string list_of(const std::vector<std::string>& names) {
  std::string list;
  for (const std::string& name : names) list += (list.empty() ? "" : ", ") + name;
  return list;
}

std::size_t index_of(Categories& categories, const std::string& name) {
  const auto at = std::find(categories.names.begin(), categories.names.end(), name);
  if (at != categories.names.end()) {
    return static_cast<std::size_t>(at - categories.names.begin());
  }
  categories.names.push_back(name);
  return categories.names.size() - 1;
}

std::string category_by_rule(const std::string& rule, char separator, const std::string& image) {
  const std::size_t slash = image.rfind('/');
  if (rule == "folder") {
    if (slash == std::string::npos || slash == 0) return "";
    const std::size_t before = image.rfind('/', slash - 1);
    const std::size_t first = before == std::string::npos ? 0 : before + 1;
    return image.substr(first, slash - first);
  }
  const std::string file = match_key(image, MatchBy::kFile);
  const std::size_t end = file.find(separator);
  return end == std::string::npos ? "" : file.substr(0, end);
}

std::vector<std::size_t> side_of(const std::string& words, const Categories& categories,
                                 const std::string& contrast) {
  std::vector<std::size_t> side;
  for (const std::string& word : split_list(words)) {
    const auto at = std::find(categories.names.begin(), categories.names.end(), word);
    if (at == categories.names.end()) {
      const std::string near = nearest(word, categories.names);
      std::string hint = near.empty() ? "" : "Did you mean " + near + "? ";
      hint.append("Categories are ").append(list_of(categories.names)).append(".");
      std::string message = "contrast '";
      message.append(contrast).append("': no image is of the category '").append(word).append("'");
      throw Error(ErrorCode::kUsage, message, hint);
    }
    side.push_back(static_cast<std::size_t>(at - categories.names.begin()));
  }
  std::sort(side.begin(), side.end());
  side.erase(std::unique(side.begin(), side.end()), side.end());
  return side;
}

std::vector<std::size_t> all_but(const std::vector<std::size_t>& side,
                                 const Categories& categories) {
  std::vector<std::size_t> others;
  others.reserve(categories.names.size());
  for (std::size_t i = 0; i < categories.names.size(); ++i) {
    if (!std::binary_search(side.begin(), side.end(), i)) others.push_back(i);
  }
  return others;
}

}  // namespace

Categories categories_from_names(const std::string& rule, const std::vector<std::string>& images) {
  const bool own_separator = rule.size() == 8 && rule.starts_with("prefix:");
  if (rule != "folder" && rule != "prefix" && !own_separator) {
    throw Error(
        ErrorCode::kUsage, "categories cannot be taken from names by '" + rule + "'",
        "The rule is folder, prefix (up to the first '-') or prefix:C (up to the first C).");
  }
  const char separator = own_separator ? rule.back() : '-';
  Categories categories;
  categories.of_image.reserve(images.size());
  for (const std::string& image : images) {
    const std::string name = category_by_rule(rule, separator, image);
    categories.of_image.push_back(name.empty() ? kNoCategory : index_of(categories, name));
  }
  if (categories.names.empty()) {
    throw Error(ErrorCode::kUsage,
                "no image has a category in its name by the rule '" + rule + "'" +
                    (images.empty() ? "" : ", such as '" + images.front() + "'"),
                "Name categories in a file instead: --categories FILE.tsv.");
  }
  return categories;
}

Contrast parse_contrast(const std::string& text, const Categories& categories) {
  const std::size_t arrow = text.find('>');
  if (arrow == std::string::npos || text.find('>', arrow + 1) != std::string::npos) {
    throw Error(ErrorCode::kUsage, "'" + text + "' is no contrast",
                "Write it as face>house,car or faces=adult,child>* (all other categories).");
  }
  const std::size_t equals = text.substr(0, arrow).find('=');
  const std::size_t start = equals == std::string::npos ? 0 : equals + 1;
  const std::vector<std::string> name = split_list(text.substr(0, equals), '\n');  // trimmed
  Contrast contrast;
  contrast.name = equals == std::string::npos ? text : (name.empty() ? "" : name.front());
  contrast.above = side_of(text.substr(start, arrow - start), categories, text);
  const std::string others = text.substr(arrow + 1);
  contrast.below = split_list(others) == std::vector<std::string>{"*"}
                       ? all_but(contrast.above, categories)
                       : side_of(others, categories, text);
  if (contrast.above.empty() || contrast.below.empty() || contrast.name.empty()) {
    throw Error(ErrorCode::kUsage, "contrast '" + text + "' has nothing on one side",
                "Categories are " + list_of(categories.names) + ".");
  }
  for (const std::size_t category : contrast.above) {
    if (std::binary_search(contrast.below.begin(), contrast.below.end(), category)) {
      throw Error(ErrorCode::kUsage,
                  "contrast '" + text + "' has '" + categories.names[category] + "' on both sides");
    }
  }
  return contrast;
}

std::vector<std::string> recipe_contrasts(const std::string& recipe) {
  if (recipe != "floc") {
    throw Error(ErrorCode::kUsage, "unknown recipe '" + recipe + "'", "There is floc.");
  }
  return {"words=word,number>body,limb,child,adult,corridor,house,car,instrument",
          "bodies=body,limb>child,adult,corridor,house,car,instrument,word,number",
          "faces=child,adult>word,number,body,limb,corridor,house,car,instrument",
          "places=corridor,house>word,number,body,limb,child,adult,car,instrument"};
}

}  // namespace corticast
