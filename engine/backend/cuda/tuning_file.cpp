#include "engine/backend/cuda/tuning_file.h"

#include <array>
#include <cstdio>
#include <string_view>

#include "engine/base/digest.h"

namespace corticast::cuda {
namespace {

std::string digest(const std::string& text) {
  std::array<char, 17> hex{};
  std::snprintf(hex.data(), hex.size(), "%016llx",
                static_cast<unsigned long long>(
                    xxh3({reinterpret_cast<const std::byte*>(text.data()), text.size()})));
  return hex.data();
}

// Takes the line off the text's front; false when the text does not begin with `start`.
bool take_line(std::string_view& rest, const std::string& start, std::string* end) {
  const std::size_t stop = rest.find('\n');
  if (stop == std::string_view::npos || !rest.substr(0, stop).starts_with(start)) return false;
  *end = rest.substr(start.size(), stop - start.size());
  rest.remove_prefix(stop + 1);
  return true;
}

}  // namespace

TuningFile::TuningFile(const Device& device, std::span<const ConvolutionProblem> problems)
    : title_("corticast convolution plans, 1\n" + device.name + ", compute capability " +
             std::to_string(device.compute_capability) + ", cuDNN " + cudnn_version_text() + "\n") {
  std::string key = title_;
  for (const ConvolutionProblem& problem : problems) {
    problems_.push_back(problem.text() + ": ");
    key += problems_.back() + "\n";
  }
  name_ = "plans-" + digest(key) + ".txt";
}

std::string TuningFile::text(std::span<const std::string> plans) const {
  std::string text = title_;
  for (std::size_t k = 0; k < problems_.size(); ++k) text += problems_[k] + plans[k] + "\n";
  return text + "xxh3 " + digest(text) + "\n";
}

std::vector<std::string> TuningFile::plans(const std::string& text) const {
  std::string_view rest = text;
  if (!rest.starts_with(title_)) return {};
  rest.remove_prefix(title_.size());
  std::vector<std::string> plans(problems_.size());
  for (std::size_t k = 0; k < problems_.size(); ++k) {
    if (!take_line(rest, problems_[k], &plans[k])) return {};
  }
  return this->text(plans) == text ? plans : std::vector<std::string>();
}

}  // namespace corticast::cuda
