// atom, red and fences, against sequential loops over the lanes in ascending order.
#include <bit>
#include <cmath>
#include <cstring>
#include <functional>
#include <limits>

#include "tests/cuda_sim/opcodes/decoder.h"
#include "tests/cuda_sim/tests/opcodes/warp_kernel.h"
#include "tests/support/catch.h"

using namespace cuda_sim;
using namespace cuda_sim::test;
using corticast::test::contains;

namespace {

using Words = std::vector<std::uint64_t>;
using Update = std::function<std::uint64_t(std::uint64_t old, std::uint64_t b, std::uint64_t c)>;

// One form of atom: what it does to memory of `bits` bits.
struct Form {
  std::string operation;  // "add", "add.noftz"
  std::string type;
  unsigned bits;
  Update update;
  std::vector<std::uint64_t> values;  // initial memory and operands are drawn from these
};

constexpr unsigned kCells = 5;  // lane i updates cell i % 5

std::uint64_t drawn(const Form& form, unsigned i) {
  return form.values[i % form.values.size()];
}

std::uint32_t cell_bytes(const Form& form) {
  return form.bits / 8;
}

// Registers of the type, filled from the 32-bit inputs %i<n>, %i<n+1>.
std::string load_operand(const Form& form, const std::string& name, unsigned n) {
  const std::string low = "%i" + std::to_string(n);
  const std::string high = "%i" + std::to_string(n + 1);
  if (form.bits == 64) return "mov.b64 %w" + name + ", {" + low + ", " + high + "};\n";
  if (form.bits == 16) return "cvt.u16.u32 %h" + name + ", " + low + ";\n";
  return "mov.b32 %t" + name + ", " + low + ";\n";
}

std::string operand(const Form& form, const std::string& name) {
  return (form.bits == 64 ? "%w" : form.bits == 16 ? "%h" : "%t") + name;
}

struct Where {
  std::string modifier;  // ".global"
  bool shared_memory;
};

// %w10 or %t10: address of the lane's cell. The first kCells cells of the buffer are the memory;
// for shared memory they are copied to the tile first and back at the end.
std::string body(const Form& form, const Where& space, bool returns) {
  const std::string bytes = std::to_string(cell_bytes(form));
  std::string text = "rem.u32 %t11, %lane, 5;\n mad.wide.u32 %w10, %t11, " + bytes + ", %buffer;\n";
  const std::string move = form.bits == 64 ? "b64 %w12" : form.bits == 16 ? "b16 %h12" : "b32 %t12";
  const std::string value = move.substr(4);
  std::string address = "[%w10]";
  if (space.shared_memory) {
    text += "mov.u32 %t10, tile;\n mad.lo.u32 %t10, %t11, " + bytes + ", %t10;\n" +
            "setp.lt.u32 %p1, %lane, 5;\n @%p1 ld.global." + move + ", [%w10];\n" +
            "@%p1 st.shared." + move.substr(0, 3) + " [%t10], " + value +
            ";\n bar.warp.sync 0xffffffff;\n";
    address = "[%t10]";
    if (space.modifier.empty()) {
      text += "cvt.u64.u32 %w13, %t10;\n cvta.shared.u64 %w13, %w13;\n";
      address = "[%w13]";
    }
  }
  text += load_operand(form, "1", 0) + load_operand(form, "2", 2);
  const bool swap = form.operation == "cas";
  const std::string result = operand(form, "3");
  text += (returns ? "atom" : "red") + space.modifier + "." + form.operation + "." + form.type +
          " " + (returns ? result + ", " : "") + address + ", " + operand(form, "1") +
          (swap ? ", " + operand(form, "2") : "") + ";\n";
  if (space.shared_memory) {
    text += "bar.warp.sync 0xffffffff;\n @%p1 ld.shared." + move + ", [%t10];\n" +
            "@%p1 st.global." + move.substr(0, 3) + " [%w10], " + value + ";\n";
  }
  if (!returns) return text;
  if (form.bits == 64) return text + "mov.b64 {%o0, %o1}, %w3;\n";
  if (form.bits == 16) return text + "cvt.u32.u16 %o0, %h3;\n mov.u32 %o1, 0;\n";
  return text + "mov.b32 %o0, %t3;\n mov.u32 %o1, 0;\n";
}

Lanes word(const Words& values, unsigned shift) {
  Lanes result{};
  for (unsigned i = 0; i < 32; ++i) result[i] = static_cast<std::uint32_t>(values[i] >> shift);
  return result;
}

void check(const Form& form, const Where& space, bool returns) {
  Words memory;
  for (unsigned i = 0; i < kCells; ++i) memory.push_back(drawn(form, i));
  Words b;
  Words c;
  for (unsigned i = 0; i < 32; ++i) {
    // cas compares with what the cell starts with, so that some lanes succeed.
    b.push_back(drawn(form, form.operation == "cas" ? i % kCells : 3 * i + 2));
    c.push_back(drawn(form, 2 * i + 1));
  }
  WarpKernel kernel;
  kernel.sm = 90;
  kernel.body = body(form, space, returns);
  kernel.inputs = {word(b, 0), word(b, 32), word(c, 0), word(c, 32)};
  kernel.outputs = returns ? 2 : 0;
  kernel.buffer.resize(kCells * 2);
  for (unsigned i = 0; i < kCells; ++i) {
    std::memcpy(reinterpret_cast<char*>(kernel.buffer.data()) + i * cell_bytes(form), &memory[i],
                cell_bytes(form));
  }
  const WarpResult result = run(kernel);
  INFO(kernel.body << "\n" << result.text());
  CHECK(result.reports.empty());
  for (unsigned i = 0; i < 32; ++i) {
    std::uint64_t& cell = memory[i % kCells];
    if (returns) {
      const std::uint64_t old =
          result.outputs[0][i] | static_cast<std::uint64_t>(result.outputs[1][i]) << 32;
      CHECK(old == cell);
    }
    cell = form.update(cell, b[i], c[i]);
  }
  for (unsigned i = 0; i < kCells; ++i) {
    std::uint64_t after = 0;
    std::memcpy(&after, reinterpret_cast<const char*>(result.buffer.data()) + i * cell_bytes(form),
                cell_bytes(form));
    CHECK(after == memory[i]);
  }
}

void check_everywhere(const Form& form) {
  for (const Where& space :
       {Where{".global", false}, Where{".shared", true}, Where{"", false}, Where{"", true},
        Where{".acq_rel.gpu.global", false}, Where{".relaxed.cta.shared::cta", true},
        Where{".global.sys", false}}) {
    check(form, space, true);
    // cas and exch have no red form.
    if (form.operation != "cas" && form.operation != "exch") check(form, space, false);
  }
}

std::uint32_t f32(float value) {
  return std::bit_cast<std::uint32_t>(value);
}
std::uint64_t f64(double value) {
  return std::bit_cast<std::uint64_t>(value);
}

// Small integers, exact in every format; 16-bit formats by their definition: (1 + m / 2^mantissa)
// * 2^(e - bias).
double decode16(std::uint64_t bits, int mantissa_bits, int bias) {
  const int exponent = static_cast<int>(bits & 0x7fffU) >> mantissa_bits;
  const auto mantissa = static_cast<double>(bits & ((1U << mantissa_bits) - 1U));
  const double magnitude =
      exponent == 0 ? std::ldexp(mantissa, 1 - bias - mantissa_bits)
                    : std::ldexp(1.0 + std::ldexp(mantissa, -mantissa_bits), exponent - bias);
  return (bits & 0x8000U) != 0 ? -magnitude : magnitude;
}

// Of the 65,536 bit patterns of a format, the one nearest to the value; ties to an even one.
std::uint64_t encode16(double value, int mantissa_bits, int bias) {
  std::uint64_t best = 0;
  double distance = std::numeric_limits<double>::infinity();
  for (std::uint64_t bits = 0; bits < 0x10000U; ++bits) {
    if (static_cast<int>(bits & 0x7fffU) >> mantissa_bits == 2 * bias + 1) continue;
    const double now = std::fabs(decode16(bits, mantissa_bits, bias) - value);
    if (now < distance || (now == distance && (bits & 1U) == 0 && (best & 1U) != 0)) {
      best = bits;
      distance = now;
    }
  }
  return best;
}

}  // namespace

TEST_CASE("Integer atomics") {
  const std::vector<std::uint64_t> words = {3,           0xfffffff0U, 17,          0x80000001U,
                                            0x7fffffffU, 0,           0xdeadbeefU, 12};
  const std::vector<std::uint64_t> longs = {
      3, ~std::uint64_t{15}, std::uint64_t{1} << 63, 0x123456789abU, 17, 0x7fffffffffffffffU, 0};
  const auto add = [](std::uint64_t a, std::uint64_t b, std::uint64_t) { return a + b; };
  const auto add32 = [](std::uint64_t a, std::uint64_t b, std::uint64_t) {
    return (a + b) & 0xffffffffU;
  };
  const auto cas = [](std::uint64_t a, std::uint64_t b, std::uint64_t c) { return a == b ? c : a; };
  const auto s32 = [](std::uint64_t x) { return static_cast<std::int32_t>(x); };
  const auto s64 = [](std::uint64_t x) { return static_cast<std::int64_t>(x); };
  const auto bit_and = [](std::uint64_t a, std::uint64_t b, std::uint64_t) { return a & b; };
  const auto bit_or = [](std::uint64_t a, std::uint64_t b, std::uint64_t) { return a | b; };
  const auto bit_xor = [](std::uint64_t a, std::uint64_t b, std::uint64_t) { return a ^ b; };
  const auto exchange = [](std::uint64_t, std::uint64_t b, std::uint64_t) { return b; };
  const auto low = [](std::uint64_t a, std::uint64_t b, std::uint64_t) { return std::min(a, b); };
  const auto high = [](std::uint64_t a, std::uint64_t b, std::uint64_t) { return std::max(a, b); };
  for (const Form& form : {
           Form{"add", "u32", 32, add32, words},
           Form{"add", "s32", 32, add32, words},
           Form{"add", "u64", 64, add, longs},
           Form{"and", "b32", 32, bit_and, words},
           Form{"and", "b64", 64, bit_and, longs},
           Form{"or", "b32", 32, bit_or, words},
           Form{"or", "b64", 64, bit_or, longs},
           Form{"xor", "b32", 32, bit_xor, words},
           Form{"xor", "b64", 64, bit_xor, longs},
           Form{"exch", "b32", 32, exchange, words},
           Form{"exch", "b64", 64, exchange, longs},
           Form{"cas", "b16", 16, cas, {1, 0xffff, 3, 0x8000, 5, 6}},
           Form{"cas", "b32", 32, cas, words},
           Form{"cas", "b64", 64, cas, longs},
           Form{"min", "u32", 32, low, words},
           Form{"max", "u32", 32, high, words},
           Form{"min", "u64", 64, low, longs},
           Form{"max", "u64", 64, high, longs},
           Form{"min", "s32", 32,
                [=](std::uint64_t a, std::uint64_t b, std::uint64_t) {
                  return s32(a) < s32(b) ? a : b;
                },
                words},
           Form{"max", "s32", 32,
                [=](std::uint64_t a, std::uint64_t b, std::uint64_t) {
                  return s32(a) > s32(b) ? a : b;
                },
                words},
           Form{"min", "s64", 64,
                [=](std::uint64_t a, std::uint64_t b, std::uint64_t) {
                  return s64(a) < s64(b) ? a : b;
                },
                longs},
           Form{"max", "s64", 64,
                [=](std::uint64_t a, std::uint64_t b, std::uint64_t) {
                  return s64(a) > s64(b) ? a : b;
                },
                longs},
           // The CUDA guide: ((old >= val) ? 0 : (old + 1)).
           Form{"inc",
                "u32",
                32,
                [](std::uint64_t a, std::uint64_t b, std::uint64_t) { return a >= b ? 0 : a + 1; },
                {2, 3, 0, 0xffffffffU, 1}},
           // (((old == 0) || (old > val)) ? val : (old - 1)).
           Form{"dec",
                "u32",
                32,
                [](std::uint64_t a, std::uint64_t b, std::uint64_t) {
                  return a == 0 || a > b ? b : a - 1;
                },
                {2, 3, 0, 0xffffffffU, 1}},
       }) {
    check_everywhere(form);
  }
}

TEST_CASE("Floating-point atomics") {
  check_everywhere({"add",
                    "f32",
                    32,
                    [](std::uint64_t a, std::uint64_t b, std::uint64_t) -> std::uint64_t {
                      return f32(std::bit_cast<float>(static_cast<std::uint32_t>(a)) +
                                 std::bit_cast<float>(static_cast<std::uint32_t>(b)));
                    },
                    {f32(0.1F), f32(-3.7F), f32(1e7F), f32(2.5e-3F), f32(1.0F / 3)}});
  check_everywhere({"add",
                    "f64",
                    64,
                    [](std::uint64_t a, std::uint64_t b, std::uint64_t) {
                      return f64(std::bit_cast<double>(a) + std::bit_cast<double>(b));
                    },
                    {f64(0.1), f64(-3.7), f64(1e12), f64(2.5e-9), f64(1.0 / 3)}});
}

TEST_CASE("16-bit floating-point atomics round to nearest even") {
  const auto add_f16 = [](std::uint64_t a, std::uint64_t b, std::uint64_t) {
    return encode16(decode16(a, 10, 15) + decode16(b, 10, 15), 10, 15);
  };
  const auto add_bf16 = [](std::uint64_t a, std::uint64_t b, std::uint64_t) {
    return encode16(decode16(a, 7, 127) + decode16(b, 7, 127), 7, 127);
  };
  const auto both = [](const auto& add) {
    return [add](std::uint64_t a, std::uint64_t b, std::uint64_t) {
      return add(a & 0xffffU, b & 0xffffU, 0) | add(a >> 16, b >> 16, 0) << 16;
    };
  };
  // 1, 2048, 3 (ties above 2048), 0.333, a subnormal, -1.5.
  const std::vector<std::uint64_t> halves = {0x3c00, 0x6800, 0x4200, 0x3555, 0x0003, 0xbe00};
  const std::vector<std::uint64_t> brains = {0x3f80, 0x4380, 0x4040, 0x3eab, 0x0003, 0xbfc0};
  const auto pairs = [](const std::vector<std::uint64_t>& values) {
    std::vector<std::uint64_t> result;
    for (std::size_t i = 0; i < values.size(); ++i) {
      result.push_back(values[i] | values[(i + 2) % values.size()] << 16);
    }
    return result;
  };
  const Where global{".global", false};
  const Where shared{".shared", true};
  for (const Form& form : {Form{"add.noftz", "f16", 16, add_f16, halves},
                           Form{"add.noftz", "bf16", 16, add_bf16, brains},
                           Form{"add.noftz", "f16x2", 32, both(add_f16), pairs(halves)},
                           Form{"add.noftz", "bf16x2", 32, both(add_bf16), pairs(brains)}}) {
    check(form, global, true);
    check(form, shared, false);
  }
}

TEST_CASE("atom.add.f32 flushes subnormal numbers in global memory, not in shared memory") {
  const std::uint32_t tiny = 0x00000003U;
  WarpKernel kernel;
  kernel.outputs = 2;
  kernel.buffer = {tiny};
  kernel.body =
      "setp.eq.u32 %p1, %lane, 0;\n @%p1 atom.global.add.f32 %f1, [%buffer], 0f80000003;\n"
      "mov.u32 %t1, tile;\n @%p1 st.shared.u32 [%t1], 3;\n"
      "@%p1 atom.shared.add.f32 %f1, [%t1], 0f00000002;\n"
      "mov.u32 %o0, 0;\n @%p1 ld.shared.u32 %o0, [%t1];\n"
      "mov.u32 %o1, 0;\n @%p1 ld.global.u32 %o1, [%buffer];";
  const WarpResult result = run(kernel);
  INFO(result.text());
  CHECK(result.reports.empty());
  CHECK(result.outputs[0][0] == 5);
  CHECK(result.outputs[1][0] == 0);  // +0 + -0
  kernel.buffer = {f32(1.0F)};
  CHECK(run(kernel).buffer[0] == f32(1.0F));
}

TEST_CASE("Only the active lanes take part in an atomic, and a result may be discarded") {
  WarpKernel kernel;
  kernel.outputs = 1;
  kernel.buffer = {100};
  kernel.body =
      "mov.u32 %o0, 7;\n setp.ge.u32 %p1, %lane, 30;\n"
      "@%p1 atom.global.add.u32 %o0, [%buffer], 2;\n@%p1 atom.global.add.u32 _, [%buffer], 10;";
  const WarpResult result = run(kernel);
  INFO(result.text());
  CHECK(result.buffer[0] == 124);
  for (unsigned i = 0; i < 32; ++i) {
    CHECK(result.outputs[0][i] == (i < 30 ? 7 : 100 + 2 * (i - 30)));
  }
}

TEST_CASE("Atomics beyond the buffer and across words are reported") {
  WarpKernel kernel;
  kernel.outputs = 0;
  kernel.buffer = {0, 0};
  kernel.body = "atom.global.add.u32 %t1, [%buffer+65536], 1;";
  CHECK(run(kernel).has(Fault::kGlobalBounds));
  kernel.body = "atom.global.add.u64 %w1, [%buffer+4], 1;";
  CHECK(run(kernel).has(Fault::kMisaligned));
}

TEST_CASE("Fences change nothing that one warp can see") {
  for (const std::string fence : {"membar.cta", "membar.gl", "membar.sys", "fence.sc.cta",
                                  "fence.acq_rel.gpu", "fence.sc.sys", "fence.acq_rel.cluster"}) {
    WarpKernel kernel;
    kernel.sm = 90;
    kernel.body = "mov.u32 %o0, %lane;\n" + fence + ";";
    const WarpResult result = run(kernel);
    CHECK(result.reports.empty());
    CHECK(result.outputs[0][31] == 31);
  }
}

TEST_CASE("Atomics that are not known are errors that name them") {
  for (const std::string opcode :
       {"atom.global.sub.u32 %t1, [%buffer], 1", "atom.global.add.f16 %h1, [%buffer], %h2",
        "atom.global.inc.s32 %t1, [%buffer], 1", "atom.global.add.noftz.f32 %f1, [%buffer], %f2",
        "red.global.add.L2::cache_hint.u32 [%buffer], 1, %w1",
        "atom.global.v2.f32.add {%f1,%f2}, [%buffer], {%f1,%f2}", "fence.proxy.async",
        "membar.proxy", "red.async.u32 [%buffer], 1"}) {
    WarpKernel kernel;
    kernel.outputs = 0;
    kernel.body = opcode + ";";
    const std::string name = opcode.substr(0, opcode.find(' '));
    INFO(opcode);
    CHECK_THROWS_AS(run(kernel), UnknownOpcode);
    CHECK_THROWS_WITH(run(kernel), contains(name));
  }
}
