#include "tests/cuda_sim/tests/opcodes/warp_kernel.h"

#include <algorithm>
#include <cstring>
#include <memory>
#include <stdexcept>

#include "tests/cuda_sim/machine/device.h"
#include "tests/cuda_sim/opcodes/decoder.h"

namespace cuda_sim::test {
namespace {

std::string ptx_text(const WarpKernel& kernel) {
  std::string text = ".version 8.0\n.target " + kernel.target + R"(
.address_size 64
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

std::uint64_t upload(Device& device, const void* data, std::size_t bytes) {
  const std::uint64_t address = device.memory().allocate(std::max<std::size_t>(bytes, 1), "test");
  std::byte* to = device.memory().write(address, std::max<std::size_t>(bytes, 1));
  if (to == nullptr) throw std::runtime_error("no memory for a test buffer");
  if (bytes != 0) std::memcpy(to, data, bytes);
  return address;
}

void download(Device& device, std::uint64_t address, void* data, std::size_t bytes) {
  bool initialised = false;
  if (bytes != 0) std::memcpy(data, device.memory().read(address, bytes, &initialised), bytes);
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
  const auto module = std::make_shared<const ptx::Module>(ptx::parse(ptx_text(kernel)));
  const auto program =
      decode(module, module->functions.at(0), [](const ptx::Variable&) -> std::uint64_t {
        throw std::runtime_error("the kernel has no global variables");
      });
  Profile profile;
  profile.sm = module->sm;
  profile.memory_bytes = std::uint64_t{1} << 24;
  profile.shared_per_block_optin = 1U << 16;
  Reports reports;
  Device device(profile, 0, reports);

  WarpResult result;
  result.outputs.resize(kernel.outputs);
  result.buffer = kernel.buffer;
  const std::size_t output_bytes = kernel.outputs * sizeof(Lanes);
  const std::size_t buffer_bytes = kernel.buffer.size() * sizeof(std::uint32_t);
  const std::uint64_t addresses[3] = {
      upload(device, kernel.inputs.data(), kernel.inputs.size() * sizeof(Lanes)),
      upload(device, result.outputs.data(), output_bytes),
      upload(device, result.buffer.data(), buffer_bytes),
  };
  Launch launch;
  launch.program = program.get();
  launch.block = {kernel.threads, 1, 1};
  launch.parameters.resize(sizeof(addresses));
  std::memcpy(launch.parameters.data(), addresses, sizeof(addresses));
  try {
    device.run(launch);
  } catch (const KernelFault&) {
  }
  download(device, addresses[1], result.outputs.data(), output_bytes);
  download(device, addresses[2], result.buffer.data(), buffer_bytes);
  result.reports = reports.all();
  return result;
}

}  // namespace cuda_sim::test
