#include "tests/cuda_sim/tests/machine/bench.h"

#include <algorithm>
#include <cstring>
#include <memory>
#include <stdexcept>

#include "tests/cuda_sim/opcodes/decoder.h"

namespace cuda_sim::test {
namespace {

Profile small_profile() {
  Profile profile;
  profile.name = "test";
  profile.multiprocessors = 4;
  profile.memory_bytes = std::uint64_t{1} << 26;
  return profile;
}

std::string ptx_text(const Kernel& kernel) {
  std::string text = ".version 8.0\n.target " + kernel.target + R"(
.address_size 64
.extern .shared .align 16 .b8 dynamic[];
.visible .entry kernel(.param .u64 pa, .param .u64 pb, .param .u32 pn)
{
  .reg .b32 %n, %tid, %ctaid, %thread, %r<32>;
  .reg .b64 %a, %b, %w<32>, %at<8>;
  .reg .b16 %h<8>;
  .reg .f32 %f<8>;
  .reg .pred %p<8>;
)";
  if (kernel.shared != 0) {
    text += "  .shared .align 16 .b8 tile[" + std::to_string(kernel.shared) + "];\n";
  }
  return text + R"(
  ld.param.u64 %a, [pa];
  ld.param.u64 %b, [pb];
  ld.param.u32 %n, [pn];
  mov.u32 %tid, %tid.x;
  mov.u32 %ctaid, %ctaid.x;
  mov.u32 %thread, %ntid.x;
  mad.lo.u32 %thread, %thread, %ctaid, %tid;
)" + kernel.body +
         "\n  ret;\n}\n";
}

}  // namespace

Bench::Bench() : device(small_profile(), 0, reports_) {}

std::uint64_t Bench::buffer(const std::vector<std::uint32_t>& words) {
  const std::uint64_t address = empty(words.size() * 4);
  std::memcpy(device.memory().write(address, words.size() * 4), words.data(), words.size() * 4);
  return address;
}

std::uint64_t Bench::empty(std::uint64_t bytes) {
  return device.memory().allocate(bytes, "test");
}

std::vector<std::uint32_t> Bench::words(std::uint64_t address, std::size_t count) {
  std::vector<std::uint32_t> result(count);
  const std::byte* from = device.memory().read(address, count * 4, nullptr);
  if (from == nullptr) throw std::runtime_error("no such buffer");
  std::memcpy(result.data(), from, count * 4);
  return result;
}

std::optional<Fault> Bench::run(const Kernel& kernel, const Size& size, std::uint64_t a,
                                std::uint64_t b, std::uint32_t n) {
  const auto module = std::make_shared<const ptx::Module>(ptx::parse(ptx_text(kernel)));
  const auto program =
      decode(module, module->functions.at(0), [](const ptx::Variable&) -> std::uint64_t {
        throw std::runtime_error("the kernel has no global variables");
      });
  Launch launch;
  launch.program = program.get();
  launch.grid = size.grid;
  launch.block = size.block;
  launch.dynamic_shared = size.dynamic_shared;
  launch.parameters.resize(20);
  std::memcpy(launch.parameters.data(), &a, 8);
  std::memcpy(launch.parameters.data() + 8, &b, 8);
  std::memcpy(launch.parameters.data() + 16, &n, 4);
  try {
    device.run(launch);
  } catch (const KernelFault& fault) {
    return fault.fault;
  }
  return std::nullopt;
}

std::size_t Bench::count(Fault fault) const {
  return static_cast<std::size_t>(
      std::count_if(reports().begin(), reports().end(),
                    [&](const Report& report) { return report.fault == fault; }));
}

const Report& Bench::only() const {
  if (reports().size() != 1) {
    throw std::runtime_error("one report expected, got " + std::to_string(reports().size()) +
                             ":\n" + text());
  }
  return reports()[0];
}

std::string Bench::text() const {
  std::string all;
  for (const Report& report : reports()) all += to_string(report) + "\n";
  return all;
}

}  // namespace cuda_sim::test
