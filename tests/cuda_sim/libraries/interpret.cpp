#include "tests/cuda_sim/libraries/interpret.h"

#include <algorithm>
#include <map>
#include <optional>

#include "tests/cuda_sim/libraries/convolution.h"
#include "tests/cuda_sim/libraries/dense.h"

namespace cuda_sim::cudnn {
namespace {

double relu(const Pointwise& op, double value) {
  if (value < op.lower_clip) return op.lower_clip + op.lower_slope * (value - op.lower_clip);
  return std::min(value, op.upper_clip);
}

class Interpreter {
 public:
  Interpreter(const Graph& graph, const std::vector<std::uint64_t>& addresses, bool tf32,
              Memory& memory)
      : graph_(graph), addresses_(addresses), tf32_(tf32), memory_(memory) {}

  void run() {
    for (std::size_t i = 0; i < graph_.nodes.size(); ++i) {
      if (const auto* convolution = std::get_if<Convolution>(&graph_.nodes[i])) {
        if (bias_relu(i)) {
          run_bias_relu(*convolution, i);
          i += 2;
        } else {
          run_convolution(*convolution);
        }
      } else {
        run_pointwise(std::get<Pointwise>(graph_.nodes[i]));
      }
    }
  }

 private:
  const Tensor& tensor(std::size_t index) const { return graph_.tensors[index]; }

  Dense input(std::size_t index, Order order) {
    const auto computed = virtual_.find(index);
    if (computed != virtual_.end()) return computed->second;
    return read_tensor(memory_, tensor(index), addresses_[index], order);
  }

  Dense convolution_input(std::size_t index, Order order) {
    Dense dense = input(index, order);
    if (tf32_ && tensor(index).type == DataType::kFloat) round_to_tf32(dense);
    return dense;
  }

  void output(std::size_t index, Dense dense) {
    if (tensor(index).is_virtual)
      virtual_[index] = std::move(dense);
    else
      write_tensor(memory_, tensor(index), addresses_[index], dense);
  }

  // Whether nodes i to i + 2 are convolution, bias and ReLU with nothing but each other to read.
  bool bias_relu(std::size_t i) const {
    if (i + 2 >= graph_.nodes.size()) return false;
    const auto& convolution = std::get<Convolution>(graph_.nodes[i]);
    const auto* add = std::get_if<Pointwise>(&graph_.nodes[i + 1]);
    const auto* relu = std::get_if<Pointwise>(&graph_.nodes[i + 2]);
    if (add == nullptr || relu == nullptr) return false;
    const std::vector<std::int64_t> per_channel = {1, tensor(convolution.y).dims[1], 1, 1};
    return convolution.alpha == 1 && convolution.beta == 0 && add->mode == PointwiseMode::kAdd &&
           add->x == convolution.y && tensor(add->b).dims == per_channel && add->alpha1 == 1 &&
           add->alpha2 == 1 && only_reader(convolution.y, i + 1) &&
           relu->mode == PointwiseMode::kRelu && relu->x == add->y && relu->lower_clip == 0 &&
           relu->lower_slope == 0 && relu->upper_clip >= 0x1p127 && only_reader(add->y, i + 2);
  }

  bool only_reader(std::size_t index, std::size_t reader) const {
    if (!tensor(index).is_virtual) return false;
    for (std::size_t i = 0; i < graph_.nodes.size(); ++i) {
      const auto* pointwise = std::get_if<Pointwise>(&graph_.nodes[i]);
      if (i == reader || pointwise == nullptr) continue;
      if (pointwise->x == index || (pointwise->has_b() && pointwise->b == index)) return false;
    }
    return true;
  }

  void run_bias_relu(const Convolution& convolution, std::size_t i) {
    const auto& add = std::get<Pointwise>(graph_.nodes[i + 1]);
    const auto& relu = std::get<Pointwise>(graph_.nodes[i + 2]);
    output(relu.y,
           convolve_bias_relu(convolution, convolution_input(convolution.x, Order::kChannelsLast),
                              convolution_input(convolution.w, Order::kRowMajor),
                              input(add.b, Order::kRowMajor).values, tensor(convolution.y).dims));
  }

  void run_convolution(const Convolution& convolution) {
    Dense y =
        convolve(convolution, convolution_input(convolution.x, Order::kChannelsLast),
                 convolution_input(convolution.w, Order::kRowMajor), tensor(convolution.y).dims);
    if (convolution.alpha != 1 || convolution.beta != 0) {
      // With beta 0 the old y is not read: it may hold anything.
      std::optional<Dense> old;
      if (convolution.beta != 0) old = input(convolution.y, Order::kChannelsLast);
      for (std::size_t i = 0; i < y.values.size(); ++i) {
        double value = convolution.alpha * static_cast<double>(y.values[i]);
        if (old) value += convolution.beta * static_cast<double>(old->values[i]);
        y.values[i] = static_cast<float>(value);
      }
    }
    output(convolution.y, std::move(y));
  }

  void run_pointwise(const Pointwise& op) {
    Dense y = input(op.x, Order::kChannelsLast);
    std::optional<Dense> b;
    if (op.has_b()) b = input(op.b, Order::kChannelsLast);
    const auto& dims = y.dims;
    // A dim of one element is repeated: its stride counts as 0.
    std::array<std::int64_t, 4> b_strides{};
    for (std::size_t i = 0; b && i < 4; ++i) b_strides[i] = b->dims[i] == 1 ? 0 : b->strides[i];
    for (std::int64_t n = 0; n < dims[0]; ++n)
      for (std::int64_t h = 0; h < dims[2]; ++h)
        for (std::int64_t w = 0; w < dims[3]; ++w)
          for (std::int64_t c = 0; c < dims[1]; ++c) {
            float& value = y.values[y.at(n, c, h, w)];
            const double x = op.alpha1 * static_cast<double>(value);
            const std::int64_t where =
                n * b_strides[0] + c * b_strides[1] + h * b_strides[2] + w * b_strides[3];
            const double other =
                b ? op.alpha2 * static_cast<double>(b->values[static_cast<std::size_t>(where)]) : 0;
            value = static_cast<float>(apply(op, x, other));
          }
    output(op.y, std::move(y));
  }

  static double apply(const Pointwise& op, double x, double b) {
    switch (op.mode) {
      case PointwiseMode::kAdd:
        return x + b;
      case PointwiseMode::kMul:
        return x * b;
      case PointwiseMode::kRelu:
        return relu(op, x);
      case PointwiseMode::kIdentity:
        break;
    }
    return x;
  }

  const Graph& graph_;
  const std::vector<std::uint64_t>& addresses_;
  bool tf32_;
  Memory& memory_;
  std::map<std::size_t, Dense> virtual_;
};

}  // namespace

void run_graph(const Graph& graph, const std::vector<std::uint64_t>& addresses, bool tf32,
               Memory& memory) {
  Interpreter(graph, addresses, tf32, memory).run();
}

std::vector<Touch> touches(const Graph& graph) {
  std::vector<Touch> all(graph.tensors.size());
  for (const Node& node : graph.nodes) {
    if (const auto* convolution = std::get_if<Convolution>(&node)) {
      for (const std::size_t tensor : {convolution->x, convolution->w})
        all[tensor].reads = all[tensor].by_convolution = true;
      if (convolution->beta != 0) all[convolution->y].reads = true;
      all[convolution->y].writes = true;
    } else {
      const auto& pointwise = std::get<Pointwise>(node);
      all[pointwise.x].reads = true;
      if (pointwise.has_b()) all[pointwise.b].reads = true;
      all[pointwise.y].writes = true;
    }
  }
  std::vector<Touch> real;
  for (std::size_t i = 0; i < all.size(); ++i) {
    all[i].tensor = i;
    if (!graph.tensors[i].is_virtual) real.push_back(all[i]);
  }
  return real;
}

}  // namespace cuda_sim::cudnn
