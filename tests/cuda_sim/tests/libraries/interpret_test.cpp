// Tensors with gaps, and operations other than the convolution + bias + ReLU of whole plans.
#include <cstring>
#include <limits>

#include "tests/cuda_sim/libraries/bindings.h"
#include "tests/cuda_sim/libraries/dense.h"
#include "tests/cuda_sim/libraries/interpret.h"
#include "tests/support/catch.h"

namespace cuda_sim::cudnn {
namespace {

Tensor tensor(std::int64_t uid, std::vector<std::int64_t> dims, std::vector<std::int64_t> strides,
              DataType type = DataType::kFloat) {
  return {uid, type, std::move(dims), std::move(strides), 16, false};
}

class Fixture {
 public:
  Memory memory{0x10000000, 1 << 20};

  std::uint64_t put(const std::vector<float>& values) {
    const std::uint64_t address = memory.allocate(values.size() * 4, "test");
    std::memcpy(memory.write(address, values.size() * 4), values.data(), values.size() * 4);
    return address;
  }
  std::uint64_t fresh(std::uint64_t floats) { return memory.allocate(floats * 4, "test"); }
  std::vector<float> get(std::uint64_t address, std::size_t count) {
    bool written = false;
    std::vector<float> values(count);
    std::memcpy(values.data(), memory.read(address, count * 4, &written), count * 4);
    return values;
  }
  bool written(std::uint64_t address, std::uint64_t bytes) {
    bool all = false;
    memory.read(address, bytes, &all);
    return all;
  }
};

}  // namespace

TEST_CASE("tensors with gaps are read and written around them") {
  Fixture device;
  // [1, 2, 2, 2], channels last, 3 elements from pixel to pixel: one gap after each.
  const Tensor padded = tensor(1, {1, 2, 2, 2}, {12, 1, 6, 3});
  const std::uint64_t from = device.put({1, 2, -9, 3, 4, -9, 5, 6, -9, 7, 8});
  const Dense dense = read_tensor(device.memory, padded, from, Order::kRowMajor);
  CHECK(dense.values == std::vector<float>{1, 3, 5, 7, 2, 4, 6, 8});
  const std::uint64_t to = device.fresh(11);
  write_tensor(device.memory, padded, to, dense);
  CHECK(device.written(to, 8));
  CHECK_FALSE(device.written(to + 8, 4));  // the first gap
  CHECK(initialised(device.memory, padded, to));
  CHECK(read_tensor(device.memory, padded, to, Order::kRowMajor).values == dense.values);

  const std::uint64_t partly = device.fresh(11);
  device.memory.write(partly, 40);  // all but the last element
  CHECK_FALSE(initialised(device.memory, padded, partly));
}

TEST_CASE("alpha, beta, addition of a tensor and a bounded ReLU") {
  Fixture device;
  Graph graph;
  for (std::int64_t uid = 1; uid <= 4; ++uid)
    graph.tensors.push_back(tensor(uid, {1, 2, 1, 2}, {4, 2, 2, 1}));
  graph.tensors[1] = tensor(2, {2, 2, 1, 1}, {2, 1, 1, 1});
  Convolution conv;
  conv.x = 0;
  conv.w = 1;
  conv.y = 2;
  conv.alpha = 2;
  const std::vector<float> x = {1, -2, 3, 4};  // two channels of 1 x 2
  const std::vector<float> w = {1, 10, -1, 1};
  const std::uint64_t old = device.put({100, 200, 300, 400});

  SECTION("beta takes the old result") {
    conv.beta = 0.5;
    graph.nodes = {conv};
    run_graph(graph, {device.put(x), device.put(w), old, 0}, false, device.memory);
    CHECK(device.get(old, 4) == std::vector<float>{112, 176, 154, 212});
  }
  SECTION("beta 0 does not, whatever it holds") {
    const float nan = std::numeric_limits<float>::quiet_NaN();
    const std::uint64_t y = device.put({nan, nan, nan, nan});
    graph.nodes = {conv};
    run_graph(graph, {device.put(x), device.put(w), y, 0}, false, device.memory);
    CHECK(device.get(y, 4) == std::vector<float>{62, 76, 4, 12});
  }
  SECTION("pointwise operations after it") {
    conv.alpha = 1;
    graph.tensors[2].is_virtual = true;  // 31, 38, 2, 6
    graph.tensors.push_back(tensor(5, {1, 2, 1, 2}, {4, 2, 2, 1}));
    graph.tensors[4].is_virtual = true;
    const Pointwise add{PointwiseMode::kAdd, 2, 3, 4, 1, -0.5};
    const std::uint64_t y = device.fresh(4);
    graph.tensors.push_back(tensor(6, {1, 2, 1, 2}, {4, 2, 2, 1}));
    const Pointwise relu{PointwiseMode::kRelu, 4, 0, 5, 1, 1, 0, 10, 0.25};
    graph.nodes = {conv, add, relu};
    // Sums less half of 100, 20, 6, 4: -19, 28, -1, 4.
    run_graph(graph, {device.put(x), device.put(w), 0, device.put({100, 20, 6, 4}), 0, y}, false,
              device.memory);
    CHECK(device.get(y, 4) == std::vector<float>{-4.75, 10, -0.25, 4});
  }
  SECTION("a factor per channel") {
    conv.alpha = 1;
    graph.tensors[2].is_virtual = true;
    graph.tensors.push_back(tensor(5, {1, 2, 1, 1}, {2, 1, 1, 1}));
    graph.nodes = {conv, Pointwise{PointwiseMode::kMul, 2, 4, 3}};
    const std::uint64_t y = device.fresh(4);
    run_graph(graph, {device.put(x), device.put(w), 0, y, device.put({2, -1})}, false,
              device.memory);
    CHECK(device.get(y, 4) == std::vector<float>{62, 76, -2, -6});
  }
}

TEST_CASE("padding of different sides") {
  Fixture device;
  Graph graph;
  graph.tensors = {tensor(1, {1, 1, 1, 3}, {3, 3, 3, 1}), tensor(2, {1, 1, 1, 2}, {2, 2, 2, 1}),
                   tensor(3, {1, 1, 1, 3}, {3, 3, 3, 1})};
  Convolution conv;
  conv.w = 1;
  conv.y = 2;
  conv.padding_before = {0, 1};
  graph.nodes = {conv};
  const std::uint64_t y = device.fresh(3);
  run_graph(graph, {device.put({1, 2, 3}), device.put({10, 1}), y}, false, device.memory);
  CHECK(device.get(y, 3) == std::vector<float>{1, 12, 23});
}

TEST_CASE("an output may lie on the tensor that is added to it, not on the image") {
  Fixture device;
  Graph graph;
  graph.tensors = {tensor(1, {1, 1, 1, 2}, {2, 2, 2, 1}), tensor(2, {1, 1, 1, 1}, {1, 1, 1, 1}),
                   tensor(3, {1, 1, 1, 2}, {2, 2, 2, 1}), tensor(4, {1, 1, 1, 2}, {2, 2, 2, 1}),
                   tensor(5, {1, 1, 1, 2}, {2, 2, 2, 1})};
  graph.tensors[2].is_virtual = true;
  Convolution conv;
  conv.w = 1;
  conv.y = 2;
  graph.nodes = {conv, Pointwise{PointwiseMode::kAdd, 2, 3, 4}};
  const std::uint64_t image = device.put({1, 2});
  const std::uint64_t filter = device.put({3});
  const std::uint64_t added = device.put({10, 20});
  CHECK(check_memory(graph, {image, filter, 0, added, added}, 0, 0, device.memory).empty());
  const auto findings = check_memory(graph, {image, filter, 0, added, image}, 0, 0, device.memory);
  REQUIRE(findings.size() == 1);
  CHECK_THAT(findings[0].message, corticast::test::contains("overlap"));
}

}  // namespace cuda_sim::cudnn
