#include <algorithm>
#include <cmath>
#include <cstring>
#include <iomanip>
#include <iostream>
#include <memory>
#include <set>

#include "cli/program.h"
#include "engine/base/error.h"
#include "engine/base/text.h"
#include "engine/model/model_file.h"
#include "weights_tool/commands.h"

namespace corticast::weights {
namespace {

struct Difference {
  std::uint64_t values = 0;  // how many differ in any bit
  double absolute = 0;       // max |a - b|
  double relative = 0;       // max |a - b| / max(|a|, |b|)
};

// Keeps a NaN once it has seen one, so that a NaN on one side is not lost.
double worse(double worst, double value) {
  return std::isnan(worst) || value <= worst ? worst : value;
}

template <typename T>
void count(Difference& difference, ByteSpan a, ByteSpan b) {
  for (std::size_t at = 0; at < a.size(); at += sizeof(T)) {
    if (std::memcmp(&a[at], &b[at], sizeof(T)) == 0) continue;
    const auto x = static_cast<double>(load_le<T>(&a[at]));
    const auto y = static_cast<double>(load_le<T>(&b[at]));
    const double error = std::abs(x - y);
    const double size = std::max(std::abs(x), std::abs(y));
    ++difference.values;
    difference.absolute = worse(difference.absolute, error);
    difference.relative = worse(difference.relative, size == 0 ? 0 : error / size);
  }
}

// Two tensors of the same type and shape; keeps only a few of their pages resident.
Difference compare(const ModelFile& file_a, const BlockTensor& a, const ModelFile& file_b,
                   const BlockTensor& b) {
  constexpr std::uint64_t kBlocksAtOnce = 128;
  Difference difference;
  for (std::uint64_t first = 0; first < a.blocks(); first += kBlocksAtOnce) {
    const ByteSpan part_a = a.bytes(first, std::min(first + kBlocksAtOnce, a.blocks()));
    const ByteSpan part_b = b.bytes(first, std::min(first + kBlocksAtOnce, b.blocks()));
    if (std::memcmp(part_a.data(), part_b.data(), part_a.size()) != 0) {
      const safetensors::Dtype dtype = a.tensor().dtype;
      dtype == safetensors::Dtype::kF32   ? count<float>(difference, part_a, part_b)
      : dtype == safetensors::Dtype::kI32 ? count<std::int32_t>(difference, part_a, part_b)
                                          : count<std::uint8_t>(difference, part_a, part_b);
    }
    file_a.map().forget(part_a);
    file_b.map().forget(part_b);
  }
  return difference;
}

bool has(const std::vector<BlockTensor>& tensors, const std::string& name) {
  return std::any_of(tensors.begin(), tensors.end(),
                     [&](const BlockTensor& tensor) { return tensor.tensor().name == name; });
}

void compare_metadata(const ModelFile& a, const ModelFile& b) {
  std::set<std::string> keys;
  for (const auto& [key, value] : a.header().metadata) keys.insert(key);
  for (const auto& [key, value] : b.header().metadata) keys.insert(key);
  const auto value_in = [](const ModelFile& file, const std::string& key) {
    const auto found = file.header().metadata.find(key);
    return found == file.header().metadata.end() ? "absent" : "\"" + found->second + "\"";
  };
  for (const std::string& key : keys) {
    const std::string left = value_in(a, key);
    const std::string right = value_in(b, key);
    if (left != right) std::cout << key << ": " << left << " / " << right << "\n";
  }
}

struct Same {
  bool weights = true;
  bool subjects = true;  // what is known of them
};

// Prints one line for each tensor that differs.
Same same_tensors(const ModelFile& a, const ModelFile& b) {
  const std::vector<BlockTensor> tensors_a = a.data_tensors();
  const std::vector<BlockTensor> tensors_b = b.data_tensors();
  Same same;
  const auto differs = [&](const safetensors::Tensor& tensor, const std::string& how) {
    std::cout << std::left << std::setw(40) << tensor.name << " " << how << std::endl;
    (format::is_weight(tensor) ? same.weights : same.subjects) = false;
  };
  for (const BlockTensor& left : tensors_a) {
    const std::string& name = left.tensor().name;
    if (!has(tensors_b, name)) {
      differs(left.tensor(), "only in the first");
      continue;
    }
    const BlockTensor right = b.tensor(name);
    if (left.tensor().describe() != right.tensor().describe()) {
      differs(left.tensor(), left.tensor().describe() + " / " + right.tensor().describe());
      continue;
    }
    const Difference difference = compare(a, left, b, right);
    if (difference.values == 0) continue;
    std::ostringstream text;
    text << grouped(difference.values) << " values differ, max abs " << difference.absolute
         << ", max rel " << difference.relative;
    differs(left.tensor(), text.str());
  }
  for (const BlockTensor& right : tensors_b) {
    if (!has(tensors_a, right.tensor().name)) differs(right.tensor(), "only in the second");
  }
  return same;
}

int run(const std::string& path_a, const std::string& path_b) {
  const ModelFile a(path_a);
  const ModelFile b(path_b);
  for (const ModelFile* file : {&a, &b}) {
    if (!file->header_intact()) refuse_damaged(file->path(), "the header");
  }
  compare_metadata(a, b);
  const Same same = same_tensors(a, b);
  if (same.weights) {
    std::cout << "identical weights"
              << (same.subjects ? "" : "; what is known of the subjects differs") << "\n";
    return 0;
  }
  std::cout << "the weights differ\n";
  return static_cast<int>(ErrorCode::kDifference);
}

}  // namespace

void add_compare(CLI::App& app) {
  cli::add_command(app, "compare", "Compare two model files, tensor by tensor",
                   [](CLI::App& command) {
                     struct Options {
                       std::string a, b;
                     };
                     const auto options = std::make_shared<Options>();
                     command.add_option("A", options->a, "First model file")->required();
                     command.add_option("B", options->b, "Second model file")->required();
                     return [options] { return run(options->a, options->b); };
                   });
}

}  // namespace corticast::weights
