#include <array>
#include <utility>

#include "engine/backend/backend.h"

namespace corticast {
namespace {

constexpr std::array<std::pair<Precision, const char*>, 5> kPrecisions = {{
    {Precision::kFp32, "fp32"},
    {Precision::kFp32Strict, "fp32-strict"},
    {Precision::kTf32, "tf32"},
    {Precision::kFp16, "fp16"},
    {Precision::kBf16, "bf16"},
}};

}  // namespace

Precision parse_precision(const std::string& text) {
  std::string known;
  for (const auto& [precision, name] : kPrecisions) {
    if (text == name) return precision;
    known += (known.empty() ? "" : ", ") + std::string(name);
  }
  throw Error(ErrorCode::kUsage, "unknown precision '" + text + "'", "Precisions: " + known + ".");
}

std::string to_string(Precision precision) {
  for (const auto& [known, name] : kPrecisions) {
    if (known == precision) return name;
  }
  throw Error(ErrorCode::kInternal, "a precision without a name");
}

}  // namespace corticast
