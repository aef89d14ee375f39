#include "engine/analysis/contrast.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace corticast {
namespace {

constexpr float kNone = std::numeric_limits<float>::quiet_NaN();
constexpr std::size_t kBlock = 64;  // images read together

struct Group {
  const Moments* moments;
  double weight;  // signed
};

// pooled: where the sums of a side made of one group live; keeps its place.
void add_side(const CategoryMoments& categories, const std::vector<std::size_t>& side, double sign,
              WeighBy weigh, Moments& pooled, std::vector<Group>& groups) {
  if (weigh == WeighBy::kCategories) {
    for (const std::size_t category : side) {
      groups.push_back({&categories.moments[category], sign / static_cast<double>(side.size())});
    }
    return;
  }
  for (const std::size_t category : side) pooled.add(categories.moments[category]);
  groups.push_back({&pooled, sign});
}

void contrast_vertex(const std::vector<Group>& groups, std::size_t c, ContrastMaps& maps) {
  double difference = 0, error = 0, squares = 0, freedom = 0, images = 0;
  bool whole = true, variances = true;
  for (const Group& group : groups) {
    const double n = group.moments->count[c];
    images += n;
    whole = whole && n > 0;
    variances = variances && n > 1;
    if (n == 0) continue;
    difference += group.weight * group.moments->mean[c];
    squares += group.moments->squares[c];
    freedom += n - 1;
    if (n > 1) error += group.weight * group.weight * group.moments->squares[c] / (n - 1) / n;
  }
  maps.n[c] = static_cast<float>(images);
  if (!whole) return;
  maps.difference[c] = static_cast<float>(difference);
  if (variances && error > 0) maps.t[c] = static_cast<float>(difference / std::sqrt(error));
  if (freedom > 0 && squares > 0) {
    maps.d[c] = static_cast<float>(difference / std::sqrt(squares / freedom));
  }
}

// Rows of a block that one category has, one behind the other.
class CategoryRows {
 public:
  CategoryRows(const Categories& categories, const std::vector<std::size_t>& used,
               std::size_t columns)
      : categories_(categories), used_(used), columns_(columns) {}

  // block: [rows, columns], the maps from `first` on.
  void add(const std::vector<float>& block, std::size_t first, std::size_t rows,
           CategoryMoments& sums) {
    for (const std::size_t category : used_) {
      rows_.clear();
      for (std::size_t r = 0; r < rows; ++r) {
        if (categories_.of_image[first + r] != category) continue;
        const auto at = block.begin() + static_cast<std::ptrdiff_t>(r * columns_);
        const auto end = at + static_cast<std::ptrdiff_t>(columns_);
        rows_.insert(rows_.end(), at, end);
        ++sums.images[category];
        const bool any = std::any_of(at, end, [](float value) { return std::isfinite(value); });
        sums.images_without_value += any ? 0 : 1;
      }
      if (!rows_.empty()) sums.moments[category].add(rows_.data(), rows_.size() / columns_);
    }
  }

 private:
  const Categories& categories_;
  const std::vector<std::size_t>& used_;
  std::size_t columns_;
  std::vector<float> rows_;
};

}  // namespace

CategoryMoments category_moments(const Maps& maps, const Categories& categories,
                                 const std::vector<std::size_t>& used,
                                 const BlockProgress& progress) {
  const std::size_t images = maps.names().size();
  CategoryMoments sums;
  sums.images.assign(categories.names.size(), 0);
  sums.moments.assign(categories.names.size(), Moments(0));
  for (const std::size_t category : used) sums.moments.at(category) = Moments(maps.columns());
  const std::size_t block = std::min(kBlock, images);
  std::vector<float> values(block * maps.columns());
  CategoryRows of_category(categories, used, maps.columns());
  for (std::size_t first = 0; first < images; first += block) {
    const std::size_t rows = std::min(block, images - first);
    maps.read({first, rows}, values.data());
    of_category.add(values, first, rows, sums);
    if (progress) progress(first + rows, images);
  }
  return sums;
}

ContrastMaps contrast_maps(const CategoryMoments& categories, const Contrast& contrast,
                           WeighBy weigh) {
  const std::size_t columns = categories.moments.at(contrast.above.front()).columns();
  Moments above(columns), below(columns);
  std::vector<Group> groups;
  groups.reserve(contrast.above.size() + contrast.below.size());
  add_side(categories, contrast.above, 1, weigh, above, groups);
  add_side(categories, contrast.below, -1, weigh, below, groups);
  ContrastMaps maps;
  for (std::vector<float>* map : {&maps.difference, &maps.t, &maps.d, &maps.n}) {
    map->assign(columns, kNone);
  }
  for (std::size_t c = 0; c < columns; ++c) contrast_vertex(groups, c, maps);
  return maps;
}

}  // namespace corticast
