#include "cli/reduction_words.h"

#include <cmath>
#include <cstdio>

#include "cli/words.h"
#include "engine/base/text.h"
#include "engine/model/cnn8.h"

namespace corticast::cli {
namespace {

constexpr std::size_t kAllNames = 8;    // as many are all shown,
constexpr std::size_t kFirstNames = 3;  // of more the first, and the last

std::string kind_in_words(const std::string& kind, std::size_t outputs) {
  const std::string s = outputs == 1 ? "" : "s";
  if (kind == "roi-mean") return " mean" + s + " of areas";
  if (kind == "group-mean") return " mean" + s + " of Glasser groups";
  return " weighted sum" + s + ", the rows of a matrix";
}

std::string millions(double multiply_adds) {
  const double number = multiply_adds / 1e6;
  if (number >= 100) return grouped(static_cast<unsigned long long>(std::llround(number)));
  char text[32];
  std::snprintf(text, sizeof text, "%.3g", number);
  return text;
}

}  // namespace

std::string outputs_in_words(const Request& request) {
  const Reduction& reduction = *request.reduction;
  const std::size_t outputs = reduction.outputs();
  std::string text = grouped(outputs) + kind_in_words(reduction.kind, outputs) + ": ";
  const std::size_t shown = outputs <= kAllNames ? outputs : kFirstNames;
  for (std::size_t output = 0; output < shown; ++output) {
    text += (output == 0 ? "" : ", ") + printable(reduction.names[output]);
  }
  if (shown < outputs) text += ", ... " + printable(reduction.names.back());
  return text;
}

std::string cost_in_words(const Request& request, const ModelInfo& info, bool folded) {
  const Reduction& reduction = *request.reduction;
  const auto channels = static_cast<double>(info.channels);
  const double vertex = channels * (cnn8::kPositions + 1);
  const double vertices =
      static_cast<double>(request.rows.size()) * vertex + static_cast<double>(reduction.row.size());
  if (!folded) {
    return "from computed vertices: " + millions(vertices) +
           " million multiply-adds an image and subject";
  }
  const double outputs = static_cast<double>(reduction.outputs()) * cnn8::kPositions * channels;
  return "from folded readouts: " + millions(outputs) +
         " million multiply-adds an image and subject instead of " + millions(vertices);
}

}  // namespace corticast::cli
