#include "kernels/conv2d.h"

#include <dnnl.hpp>
#include <stdexcept>
#include <string>
#include <unordered_map>

namespace corticast::kernels::cpu {
namespace {

using dnnl::memory;
using Tag = memory::format_tag;

dnnl::engine& cpu_engine() {
  static dnnl::engine engine(dnnl::engine::kind::cpu, 0);
  return engine;
}

memory::desc float_desc(const memory::dims& dims, Tag tag) {
  return {dims, memory::data_type::f32, tag};
}

dnnl::convolution_forward::primitive_desc describe(const Conv2dShape& s) {
  const dnnl::convolution_forward::desc operation(
      dnnl::prop_kind::forward_inference, dnnl::algorithm::convolution_direct,
      float_desc({1, s.in_channels, s.height, s.width}, Tag::nhwc),
      float_desc({s.out_channels, s.in_channels, s.kernel, s.kernel}, Tag::any),
      float_desc({s.out_channels}, Tag::x),
      float_desc({1, s.out_channels, s.out_height(), s.out_width()}, Tag::nhwc), {1, 1},
      {s.padding, s.padding}, {s.padding, s.padding});
  dnnl::post_ops relu;
  relu.append_eltwise(1.0f, dnnl::algorithm::eltwise_relu, 0.0f, 0.0f);
  dnnl::primitive_attr attributes;
  attributes.set_post_ops(relu);
  attributes.set_scratchpad_mode(dnnl::scratchpad_mode::user);
  return {operation, attributes, cpu_engine()};
}

}  // namespace

struct Conv2d::Impl {
  dnnl::convolution_forward::primitive_desc description;
  dnnl::convolution_forward primitive;
  memory weight;
  memory bias;

  Impl(const Conv2dShape& s, const float* weight_oihw, const float* bias_o)
      : description(describe(s)),
        primitive(description),
        weight(description.weights_desc(), cpu_engine()),
        bias(description.bias_desc(), cpu_engine()) {
    dnnl::stream stream(cpu_engine());
    // oneDNN takes mutable pointers; it only reads the source of a reorder.
    memory given(float_desc({s.out_channels, s.in_channels, s.kernel, s.kernel}, Tag::oihw),
                 cpu_engine(), const_cast<float*>(weight_oihw));
    dnnl::reorder(given, weight).execute(stream, given, weight);
    memory given_bias(description.bias_desc(), cpu_engine(), const_cast<float*>(bias_o));
    dnnl::reorder(given_bias, bias).execute(stream, given_bias, bias);
    stream.wait();
  }
};

Conv2d::Conv2d(const Conv2dShape& shape, const float* weight, const float* bias) try
    : impl_(std::make_unique<Impl>(shape, weight, bias)) {
} catch (const dnnl::error& error) {
  throw std::runtime_error(std::string("oneDNN convolution: ") + error.what());
}

Conv2d::~Conv2d() = default;
Conv2d::Conv2d(Conv2d&&) noexcept = default;
Conv2d& Conv2d::operator=(Conv2d&&) noexcept = default;

std::size_t Conv2d::packed_bytes() const {
  return impl_->weight.get_desc().get_size() + impl_->bias.get_desc().get_size();
}

std::size_t Conv2d::scratch_bytes() const {
  return impl_->description.scratchpad_desc().get_size();
}

void Conv2d::run(const float* x, float* y, void* scratch) const {
  try {
    dnnl::stream stream(cpu_engine());
    memory source(impl_->description.src_desc(), cpu_engine(), const_cast<float*>(x));
    memory destination(impl_->description.dst_desc(), cpu_engine(), y);
    memory scratchpad(impl_->description.scratchpad_desc(), cpu_engine(), scratch);
    impl_->primitive.execute(stream, {{DNNL_ARG_SRC, source},
                                      {DNNL_ARG_WEIGHTS, impl_->weight},
                                      {DNNL_ARG_BIAS, impl_->bias},
                                      {DNNL_ARG_DST, destination},
                                      {DNNL_ARG_SCRATCHPAD, scratchpad}});
    stream.wait();
  } catch (const dnnl::error& error) {
    throw std::runtime_error(std::string("oneDNN convolution: ") + error.what());
  }
}

}  // namespace corticast::kernels::cpu
