#include "tests/cuda_sim/tests/opcodes/lane_check.h"

#include "tests/cuda_sim/tests/support/run_ptx.h"

namespace cuda_sim::test {
namespace {

constexpr std::uint32_t kThreads = 64;

std::string bits_of(std::uint32_t bytes) {
  return std::to_string(8 * bytes);
}

// Loads source k into its register: %a, %b, %c or %e.
std::string load_source(std::size_t k, const Column& column) {
  const std::string name(1, "abce"[k]);
  const std::string address = "ld.param.u64 %at, [source" + std::to_string(k) +
                              "];\n mad.wide.u32 %at, %thread, " + std::to_string(column.bytes) +
                              ", %at;\n";
  if (column.predicate) {
    return " .reg .pred %" + name + ";\n " + address +
           " ld.global.u8 %flag, [%at];\n setp.ne.s32 %" + name + ", %flag, 0;\n";
  }
  // There is no arithmetic on 8 bits: such values live in 16-bit registers.
  const std::string bits = bits_of(std::max(column.bytes, 2U));
  const std::string type = column.bytes == 1 ? "u8" : "b" + bits;
  return " .reg .b" + bits + " %" + name + ";\n " + address + " ld.global." + type + " %" + name +
         ", [%at];\n";
}

std::string module_text(const Instruction& instruction, bool predicate, std::uint32_t bytes,
                        const std::vector<Column>& sources) {
  std::string text = ".visible .entry kernel(.param .u64 result, .param .u64 flags";
  for (std::size_t k = 0; k < sources.size(); ++k) {
    text += ", .param .u64 source" + std::to_string(k);
  }
  text +=
      ")\n{\n .reg .b32 %thread, %flag, %block;\n .reg .b64 %at;\n .reg .pred %on;\n"
      " mov.u32 %thread, %tid.x;\n mov.u32 %block, %ctaid.x;\n"
      " mad.lo.u32 %thread, %block, " +
      std::to_string(kThreads) + ", %thread;\n";
  std::string operands = "%d";
  for (std::size_t k = 0; k < sources.size(); ++k) {
    text += load_source(k, sources[k]);
    operands += std::string(", %") + "abce"[k];
  }
  text +=
      " ld.param.u64 %at, [flags];\n mad.wide.u32 %at, %thread, 4, %at;\n"
      " ld.global.u32 %flag, [%at];\n setp.ne.s32 %on, %flag, 0;\n";
  const std::string bits = bits_of(std::max(bytes, 2U));
  if (predicate) {
    text += " .reg .pred %d;\n mov.pred %d, 0;\n";
  } else {
    text += " .reg .b" + bits + " %d;\n mov.b" + bits + " %d, 0xa5a5a5a5a5a5a5a5;\n";
  }
  text += instruction.preface;
  const bool whole = instruction.opcode.find("%d") != std::string::npos;
  text += " @%on " + (whole ? instruction.opcode : instruction.opcode + " " + operands) + ";\n";
  text += " ld.param.u64 %at, [result];\n mad.wide.u32 %at, %thread, " + std::to_string(bytes) +
          ", %at;\n";
  if (predicate) {
    text += " selp.b32 %flag, 1, 0, %d;\n st.global.u8 [%at], %flag;\n";
  } else {
    text += " st.global.b" + bits_of(bytes) + " [%at], %d;\n";
  }
  return text + " ret;\n}\n";
}

}  // namespace

std::vector<std::byte> run_lanes(const Instruction& instruction, bool predicate,
                                 std::uint32_t bytes, const std::vector<Column>& sources,
                                 const std::vector<std::uint32_t>& on) {
  const std::string text = module_text(instruction, predicate, bytes, sources);
  INFO(text);
  PtxRunner runner(text, instruction.sm);
  const auto blocks = static_cast<std::uint32_t>((on.size() + kThreads - 1) / kThreads);
  const std::size_t threads = blocks * kThreads;
  const std::uint64_t result = runner.buffer(threads * bytes);
  std::vector<std::uint32_t> flags = on;
  flags.resize(threads);
  runner.argument(result).argument(runner.buffer(flags));
  for (const Column& source : sources) {
    std::vector<std::byte> values = source.values;
    values.resize(threads * source.bytes);
    runner.argument(runner.buffer(values));
  }
  try {
    runner.run("kernel", {blocks, 1, 1}, {kThreads, 1, 1});
  } catch (const std::exception& error) {
    FAIL(error.what());
  }
  for (const Report& report : runner.reports()) FAIL(to_string(report));
  return runner.read<std::byte>(result, on.size() * bytes);
}

}  // namespace cuda_sim::test
