#include <array>
#include <utility>

#include "engine/backend/method.h"
#include "engine/base/error.h"

namespace corticast {
namespace {

constexpr std::array<std::pair<Precision, const char*>, 5> kPrecisions = {{
    {Precision::kFp32, "fp32"},
    {Precision::kFp32Strict, "fp32-strict"},
    {Precision::kTf32, "tf32"},
    {Precision::kFp16, "fp16"},
    {Precision::kBf16, "bf16"},
}};

constexpr std::array<std::pair<ReadoutMethod, const char*>, 3> kReadoutMethods = {{
    {ReadoutMethod::kAuto, "auto"},
    {ReadoutMethod::kFused, "fused"},
    {ReadoutMethod::kGemm, "gemm"},
}};

// what: "precision". plural: "Precisions".
template <typename Names>
auto parse(const Names& names, const std::string& text, const std::string& what,
           const std::string& plural) {
  std::string known;
  for (const auto& [value, name] : names) {
    if (text == name) return value;
    known += (known.empty() ? "" : ", ") + std::string(name);
  }
  throw Error(ErrorCode::kUsage, "unknown " + what + " '" + text + "'",
              plural + ": " + known + ".");
}

template <typename Names, typename Value>
std::string name_of(const Names& names, Value value) {
  for (const auto& [known, name] : names) {
    if (known == value) return name;
  }
  throw Error(ErrorCode::kInternal, "a choice without a name");
}

}  // namespace

Precision parse_precision(const std::string& text) {
  return parse(kPrecisions, text, "precision", "Precisions");
}

std::string to_string(Precision precision) {
  return name_of(kPrecisions, precision);
}

ReadoutMethod parse_readout_method(const std::string& text) {
  return parse(kReadoutMethods, text, "readout", "Readouts");
}

std::string to_string(ReadoutMethod method) {
  return name_of(kReadoutMethods, method);
}

}  // namespace corticast
