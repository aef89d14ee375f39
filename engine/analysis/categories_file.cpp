#include <algorithm>
#include <sstream>
#include <unordered_map>

#include "engine/analysis/categories.h"
#include "engine/base/error.h"
#include "engine/base/file.h"
#include "engine/base/text.h"

namespace corticast {
namespace {

constexpr std::uint64_t kLargest = 256U << 20;  // bytes

std::vector<std::string> cells_of(const std::string& line) {
  std::vector<std::string> cells;
  std::size_t first = 0;
  for (;;) {
    const std::size_t tab = line.find('\t', first);
    cells.push_back(line.substr(first, tab == std::string::npos ? tab : tab - first));
    if (tab == std::string::npos) return cells;
    first = tab + 1;
  }
}

[[noreturn]] void refuse(const std::filesystem::path& path, std::size_t line,
                         const std::string& what, const std::string& hint = {}) {
  throw Error(ErrorCode::kUsage, path.string() + ": line " + std::to_string(line) + ": " + what,
              hint);
}

struct Row {
  std::string image, category;
};

std::vector<Row> rows_of(const std::filesystem::path& path) {
  const std::vector<std::byte> bytes = read_file(path, kLargest, ErrorCode::kUsage);
  std::string text(bytes.size(), '\0');
  std::transform(bytes.begin(), bytes.end(), text.begin(),
                 [](std::byte byte) { return static_cast<char>(byte); });
  if (text.starts_with("\xEF\xBB\xBF")) text.erase(0, 3);
  std::istringstream lines(text);
  std::string line;
  std::size_t number = 0, image = 0, category = 0;
  bool has_header = false;
  std::vector<Row> rows;
  while (std::getline(lines, line)) {
    ++number;
    if (line.ends_with('\r')) line.pop_back();
    if (line.empty()) continue;
    const std::vector<std::string> cells = cells_of(line);
    if (!has_header) {
      has_header = true;
      const auto at = [&](const char* name) {
        return static_cast<std::size_t>(std::find(cells.begin(), cells.end(), name) -
                                        cells.begin());
      };
      image = at("image");
      category = at("category");
      if (image < cells.size() && category < cells.size()) continue;
      refuse(path, number, "no columns 'image' and 'category'",
             "The file is tab-separated and begins with the columns' names.");
    }
    if (cells.size() <= std::max(image, category) || cells[image].empty()) {
      refuse(path, number, "has " + grouped(cells.size()) + " columns, or no image",
             "Columns are separated by one tab each.");
    }
    const std::string& name = cells[category];
    if (name.empty() || name == "n/a") continue;
    if (name.find_first_of(",>=*") != std::string::npos) {
      refuse(path, number, "category '" + name + "' holds one of , > = *",
             "Contrasts could not name it.");
    }
    rows.push_back({cells[image], name});
  }
  return rows;
}

}  // namespace

Categories read_categories(const std::filesystem::path& path,
                           const std::vector<std::string>& images, MatchBy by,
                           std::vector<std::string>& notes) {
  const std::vector<Row> rows = rows_of(path);
  std::vector<std::string> named;
  named.reserve(rows.size());
  for (const Row& row : rows) named.push_back(row.image);
  // One line may be of several images (a stem of two endings), one image may not be of two lines.
  const Match match = match_names(named, images, by);
  if (match.left.empty()) {
    throw Error(ErrorCode::kUsage,
                path.string() + ": names none of the images" +
                    (rows.empty() ? "" : ", but '" + rows.front().image + "'") +
                    (images.empty() ? "" : "; they are '" + images.front() + "' and so on"));
  }
  Categories categories;
  categories.of_image.assign(images.size(), kNoCategory);
  std::unordered_map<std::string, std::size_t> known;
  for (std::size_t i = 0; i < match.left.size(); ++i) {
    const std::string& name = rows[match.left[i]].category;
    const auto [at, is_new] = known.try_emplace(name, categories.names.size());
    if (is_new) categories.names.push_back(name);
    categories.of_image[match.right[i]] = at->second;
  }
  if (!match.left_alone.empty()) {
    notes.push_back(path.string() + ": " + grouped(match.left_alone.size()) +
                    " of its images are not here: " + some_names(named, match.left_alone));
  }
  return categories;
}

}  // namespace corticast
