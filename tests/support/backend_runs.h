// What the tests of every backend share: fixture checkpoints converted, images, whole runs.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "engine/backend/backend.h"
#include "tests/support/temporary.h"

namespace corticast::test {

// tests/data/checkpoints/<name>.pth as a model; the file lives as long as the object.
class ConvertedModel {
 public:
  explicit ConvertedModel(const std::string& name);
  const Model& operator*() const { return model_; }
  const Model* operator->() const { return &model_; }
  const std::filesystem::path& path() const { return path_; }

 private:
  TemporaryFolder folder_;
  std::filesystem::path path_;
  Model model_;
};

// The 19 fixture photographs as the reference preprocessed them.
struct Photographs {
  std::vector<std::string> names;
  std::vector<std::uint8_t> pixels;  // [names.size(), 224, 224, 3]
};
const Photographs& photographs();
std::size_t photograph_index(const std::string& name);
// Makes photograph `index` image n of a program's input.
void put_photograph(std::size_t index, InputKind kind, std::uint8_t* input, std::size_t n);

// Every readout, every row, packed.
Request everything(const Model& model);

// Runs the photographs `order` in batches of `batch`; one vector [order.size(), columns] per
// target.
std::vector<std::vector<float>> run(Backend& backend, const Model& model, const Request& request,
                                    const std::vector<std::size_t>& order, std::size_t batch,
                                    const Method& method = {});

// How far a result may be from the float64 goldens, each image.
struct GoldenBound {
  double relative_l2;
  double relative_max;  // largest error over largest value
};
// On every device: float32 throughout; products of TF32 or float16 numbers; of bfloat16 numbers.
GoldenBound golden_bound(Precision precision);

// Whole networks against the float64 goldens of the reference model: every image of
// goldens/<golden>.npz (or one in `every`) in batches of 4 through checkpoint, every output of
// every readout CHECKed with `slack` times the bound of the method's precision.
void check_against_goldens(const std::string& checkpoint, const std::string& golden,
                           Backend& backend, const Method& method = {}, std::size_t every = 1,
                           double slack = 1);

}  // namespace corticast::test
