#include "tests/cuda_sim/tests/opcodes/warp_kernel.h"

#include <algorithm>
#include <tuple>

#include "tests/cuda_sim/tests/support/run_ptx.h"

namespace cuda_sim::test {
namespace {

std::string ptx_text(const WarpKernel& kernel) {
  std::string text = R"(
.visible .entry kernel(.param .u64 inputs, .param .u64 outputs, .param .u64 buffer)
{
  .shared .align 128 .b8 tile[65536];
  .reg .b32 %lane, %thread, %i<32>, %o<32>, %t<64>;
  .reg .b64 %buffer, %in, %out, %w<64>;
  .reg .b16 %h<64>;
  .reg .f32 %f<64>;
  .reg .f64 %fd<64>;
  .reg .pred %p<16>, %first_warp;
  ld.param.u64 %in, [inputs];
  ld.param.u64 %out, [outputs];
  ld.param.u64 %buffer, [buffer];
  mov.u32 %thread, %tid.x;
  and.b32 %lane, %thread, 31;
  mad.wide.u32 %in, %lane, 4, %in;
  mad.wide.u32 %out, %lane, 4, %out;
)";
  for (std::size_t i = 0; i < kernel.inputs.size(); ++i) {
    text += "  ld.global.u32 %i" + std::to_string(i) + ", [%in+" + std::to_string(128 * i) + "];\n";
  }
  text += kernel.body + "\n  setp.lt.u32 %first_warp, %thread, 32;\n";
  for (unsigned i = 0; i < kernel.outputs; ++i) {
    text += "  @%first_warp st.global.u32 [%out+" + std::to_string(128 * i) + "], %o" +
            std::to_string(i) + ";\n";
  }
  return text + "  ret;\n}\n";
}

}  // namespace

bool WarpResult::has(Fault fault) const {
  return std::any_of(reports.begin(), reports.end(),
                     [&](const Report& report) { return report.fault == fault; });
}

std::string WarpResult::text() const {
  std::string all;
  for (const Report& report : reports) all += to_string(report) + "\n";
  return all;
}

WarpResult run(const WarpKernel& kernel) {
  PtxRunner runner(ptx_text(kernel), kernel.sm);
  WarpResult result;
  std::vector<std::uint32_t> inputs;
  for (const Lanes& lanes : kernel.inputs) inputs.insert(inputs.end(), lanes.begin(), lanes.end());
  const std::size_t output_words = kernel.outputs * std::tuple_size_v<Lanes>;
  const std::uint64_t outputs = runner.buffer(std::vector<std::uint32_t>(output_words + 1));
  inputs.push_back(0);  // no buffer is empty
  const std::uint64_t buffer =
      runner.buffer(kernel.buffer.empty() ? std::vector<std::uint32_t>(1) : kernel.buffer);
  runner.argument(runner.buffer(inputs)).argument(outputs).argument(buffer);
  runner.device().checks.non_finite = true;
  try {
    runner.run("kernel", kernel.threads);
  } catch (const KernelFault&) {
    // Reported.
  }
  const std::vector<std::uint32_t> words = runner.read<std::uint32_t>(outputs, output_words + 1);
  result.outputs.resize(kernel.outputs);
  for (unsigned i = 0; i < kernel.outputs; ++i) {
    std::copy_n(words.begin() + static_cast<std::ptrdiff_t>(i * std::tuple_size_v<Lanes>),
                std::tuple_size_v<Lanes>, result.outputs[i].begin());
  }
  if (!kernel.buffer.empty()) {
    result.buffer = runner.read<std::uint32_t>(buffer, kernel.buffer.size());
  }
  result.reports = runner.reports();
  result.counts = runner.device().counts()["kernel"];
  return result;
}

}  // namespace cuda_sim::test
