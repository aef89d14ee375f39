// Which category each image is of, and contrasts between categories in words.
#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <vector>

#include "engine/analysis/matching.h"

namespace corticast {

struct Categories {
  std::vector<std::string> names;  // in order of first appearance
  // Of each image its category (index into names), or kNoCategory.
  std::vector<std::size_t> of_image;
};
inline constexpr std::size_t kNoCategory = static_cast<std::size_t>(-1);

// A tab-separated file with a header that has columns `image` and `category`, others being
// ignored; images are named as `by` compares (matching.h: never kOrder). notes: what the user
// should know, added to. Throws Error{kUsage}: no such columns, a row that is too short, an image
// in two categories, no image found.
Categories read_categories(const std::filesystem::path& path,
                           const std::vector<std::string>& images, MatchBy by,
                           std::vector<std::string>& notes);

// By a rule: "folder" (the folder the image lies in), "prefix" (the file's name up to the first
// '-', as fLoc names its images: adult-12.jpg) or "prefix:C" (up to the first C). An image without
// such a part has no category. Throws Error{kUsage} for another rule, or if none has one.
Categories categories_from_names(const std::string& rule, const std::vector<std::string>& images);

struct Contrast {
  std::string name;
  std::vector<std::size_t> above, below;  // categories, ascending; disjoint, neither empty
};

// "face>house,car", "faces=adult,child>house,car", "face>*" (all other categories that have
// images): what is above comes first. Without "name=" the whole is the name. Throws Error{kUsage}
// naming the categories there are.
Contrast parse_contrast(const std::string& text, const Categories& categories);

// The contrasts of the functional localizer of Stigliani, Weiner and Grill-Spector (2015, Temporal
// processing capacity in high-level visual cortex is domain specific, doi
// 10.1523/JNEUROSCI.4822-14.2015) as parse_contrast reads them: words, bodies, faces, places, each
// against the other domains; scrambled images in none. Throws Error{kUsage} for another recipe.
std::vector<std::string> recipe_contrasts(const std::string& recipe);

}  // namespace corticast
