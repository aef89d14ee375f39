// mma.sync, against plain products in double and the fragment layouts as the PTX ISA states them
// for each shape.
#include <functional>
#include <random>

#include "tests/cuda_sim/opcodes/decoder.h"
#include "tests/cuda_sim/tests/opcodes/matrix_values.h"
#include "tests/cuda_sim/tests/opcodes/warp_kernel.h"
#include "tests/support/catch.h"

using namespace cuda_sim;
using namespace cuda_sim::test;
using corticast::test::contains;

namespace {

// Where the elements a_i, b_i, c_i of a lane lie: g = %laneid >> 2, t = %laneid % 4.
struct Place {
  unsigned row;
  unsigned column;
};
using Layout = std::function<Place(unsigned g, unsigned t, unsigned i)>;

struct Form {
  std::string shape, d_type, a_type, b_type;
  unsigned m, k;
  Layout a, b;
  std::uint32_t sm = 80;
};

constexpr unsigned kN = 8;

Place c_place(unsigned g, unsigned t, unsigned i) {
  return {i < 2 ? g : g + 8, t * 2 + (i & 1U)};
}

std::vector<Form> forms() {
  const Layout a16_k8 = [](unsigned g, unsigned t, unsigned i) {
    return Place{i < 2 ? g : g + 8, t * 2 + (i & 1U)};
  };
  const Layout b16_k8 = [](unsigned g, unsigned t, unsigned i) { return Place{t * 2 + i, g}; };
  const Layout a16_k16 = [](unsigned g, unsigned t, unsigned i) {
    return Place{i < 2 || (i >= 4 && i < 6) ? g : g + 8, t * 2 + (i & 1U) + (i < 4 ? 0U : 8U)};
  };
  const Layout b16_k16 = [](unsigned g, unsigned t, unsigned i) {
    return Place{t * 2 + (i & 1U) + (i < 2 ? 0U : 8U), g};
  };
  const Layout a32_k4 = [](unsigned g, unsigned t, unsigned i) {
    return Place{i == 0 ? g : g + 8, t};
  };
  const Layout b32_k4 = [](unsigned g, unsigned t, unsigned) { return Place{t, g}; };
  const Layout a32_k8 = [](unsigned g, unsigned t, unsigned i) {
    return Place{i == 0 || i == 2 ? g : g + 8, i < 2 ? t : t + 4};
  };
  const Layout b32_k8 = [](unsigned g, unsigned t, unsigned i) {
    return Place{i == 0 ? t : t + 4, g};
  };
  const Layout a64_k16 = [](unsigned g, unsigned t, unsigned i) {
    return Place{i % 2 == 0 ? g : g + 8, i % 2 == 0 ? i * 2 + t : i * 2 - 2 + t};
  };
  const Layout b64_k16 = [](unsigned g, unsigned t, unsigned i) { return Place{t + i * 4, g}; };
  const Layout a64_m8 = [](unsigned g, unsigned t, unsigned) { return Place{g, t}; };
  const Layout a8_m8 = [](unsigned g, unsigned t, unsigned i) { return Place{g, t * 4 + i}; };
  const Layout b8_k16 = [](unsigned g, unsigned t, unsigned i) { return Place{t * 4 + i, g}; };
  const Layout a8_k16 = [](unsigned g, unsigned t, unsigned i) {
    return Place{i < 4 ? g : g + 8, t * 4 + (i & 3U)};
  };
  const Layout a8_k32 = [](unsigned g, unsigned t, unsigned i) {
    return Place{i < 4 || (i >= 8 && i < 12) ? g : g + 8, t * 4 + (i & 3U) + (i < 8 ? 0U : 16U)};
  };
  const Layout b8_k32 = [](unsigned g, unsigned t, unsigned i) {
    return Place{t * 4 + (i & 3U) + (i < 4 ? 0U : 16U), g};
  };
  std::vector<Form> result;
  for (const std::string accumulator : {"f16", "f32"}) {
    result.push_back({"m16n8k8", accumulator, "f16", "f16", 16, 8, a16_k8, b16_k8, 75});
    result.push_back({"m16n8k16", accumulator, "f16", "f16", 16, 16, a16_k16, b16_k16});
  }
  result.push_back({"m16n8k8", "f32", "bf16", "bf16", 16, 8, a16_k8, b16_k8});
  result.push_back({"m16n8k16", "f32", "bf16", "bf16", 16, 16, a16_k16, b16_k16});
  result.push_back({"m16n8k4", "f32", "tf32", "tf32", 16, 4, a32_k4, b32_k4});
  result.push_back({"m16n8k8", "f32", "tf32", "tf32", 16, 8, a32_k8, b32_k8});
  result.push_back({"m8n8k4", "f64", "f64", "f64", 8, 4, a64_m8, b32_k4});
  result.push_back({"m16n8k4", "f64", "f64", "f64", 16, 4, a32_k4, b32_k4, 90});
  result.push_back({"m16n8k8", "f64", "f64", "f64", 16, 8, a32_k8, b32_k8, 90});
  result.push_back({"m16n8k16", "f64", "f64", "f64", 16, 16, a64_k16, b64_k16, 90});
  for (const std::string a : {"s8", "u8"}) {
    for (const std::string b : {"s8", "u8"}) {
      result.push_back({"m8n8k16", "s32", a, b, 8, 16, a8_m8, b8_k16, 75});
      result.push_back({"m16n8k16", "s32", a, b, 16, 16, a8_k16, b8_k16});
      result.push_back({"m16n8k32", "s32", a, b, 16, 32, a8_k32, b8_k32});
    }
  }
  return result;
}

std::string opcode(const Form& form, const std::string& saturate = {}) {
  return "mma.sync.aligned." + form.shape + ".row.col" + saturate + "." + form.d_type + "." +
         form.a_type + "." + form.b_type + "." + form.d_type;
}

// 32-bit words that hold a lane's share of a matrix.
unsigned words(const Matrix& matrix) {
  return static_cast<unsigned>(matrix.elements.size()) * bits_of(matrix.type) / 32 / 32;
}

// Calls f(lane, word, shift, matrix element) for each part of each element in registers.
template <class M, class F>
void for_elements(M& matrix, const Layout& layout, F&& f) {
  const unsigned bits = bits_of(matrix.type);
  const unsigned each = static_cast<unsigned>(matrix.elements.size()) / 32;
  for (unsigned lane = 0; lane < 32; ++lane) {
    for (unsigned i = 0; i < each; ++i) {
      const Place place = layout(lane >> 2, lane % 4, i);
      f(lane, i * bits / 32, i * bits % 32, matrix.at(place.row, place.column));
    }
  }
}

void pack(const Matrix& matrix, const Layout& layout, std::vector<Lanes>* inputs) {
  const std::size_t first = inputs->size();
  inputs->resize(first + words(matrix));
  for_elements(matrix, layout, [&](unsigned lane, unsigned word, unsigned shift, Raw raw) {
    (*inputs)[first + word][lane] |= static_cast<std::uint32_t>(raw << shift);
    if (bits_of(matrix.type) == 64) {
      (*inputs)[first + word + 1][lane] = static_cast<std::uint32_t>(raw >> 32);
    }
  });
}

Matrix unpack(const std::vector<Lanes>& outputs, const std::string& type, unsigned rows,
              unsigned columns, const Layout& layout) {
  Matrix matrix(type, rows, columns);
  const unsigned bits = bits_of(type);
  for_elements(matrix, layout, [&](unsigned lane, unsigned word, unsigned shift, Raw& raw) {
    raw = outputs[word][lane] >> shift;
    if (bits == 64) raw |= static_cast<Raw>(outputs[word + 1][lane]) << 32;
    if (bits < 32) raw &= (Raw{1} << bits) - 1;
  });
  return matrix;
}

// "{%i4, %i5}"; of 64-bit registers "{%w2, %w3}", with the moves that fill them in *moves.
std::string registers(const std::string& prefix, unsigned first, unsigned count, bool wide,
                      std::string* moves, bool is_output) {
  std::string text = "{";
  for (unsigned i = 0; i < count; i += wide ? 2 : 1) {
    const unsigned at = first + i;
    std::string name = prefix + std::to_string(at);
    if (wide) {
      const std::string pair = "{" + name + ", " + prefix + std::to_string(at + 1) + "}";
      name = "%w" + std::to_string(is_output ? 40 + at : at);
      *moves += is_output ? "mov.b64 " + pair + ", " + name + ";\n"
                          : "mov.b64 " + name + ", " + pair + ";\n";
    }
    text += (i == 0 ? "" : ", ") + name;
  }
  return text + "}";
}

struct Operands {
  Matrix a, b, c;
};

Matrix run_mma(const Form& form, const Operands& in, const std::string& saturate,
               std::string* reports) {
  WarpKernel kernel;
  kernel.sm = form.sm;
  kernel.outputs = words(in.c);
  pack(in.a, form.a, &kernel.inputs);
  pack(in.b, form.b, &kernel.inputs);
  pack(in.c, c_place, &kernel.inputs);
  const bool wide = form.d_type == "f64";
  std::string before;
  std::string after;
  const std::string d = registers("%o", 0, words(in.c), wide, &after, true);
  const std::string a = registers("%i", 0, words(in.a), wide, &before, false);
  const std::string b = registers("%i", words(in.a), words(in.b), wide, &before, false);
  const std::string c =
      registers("%i", words(in.a) + words(in.b), words(in.c), wide, &before, false);
  kernel.body =
      before + opcode(form, saturate) + " " + d + ", " + a + ", " + b + ", " + c + ";\n" + after;
  const WarpResult result = run(kernel);
  *reports = result.text();
  return unpack(result.outputs, form.d_type, form.m, kN, c_place);
}

Operands random_operands(const Form& form, std::mt19937& random) {
  return {Matrix::random(form.a_type, form.m, form.k, random),
          Matrix::random(form.b_type, form.k, kN, random),
          Matrix::random(form.d_type, form.m, kN, random)};
}

const Form& form_named(const std::string& name) {
  static const std::vector<Form> all = forms();
  for (const Form& form : all) {
    if (opcode(form) == name) return form;
  }
  throw std::invalid_argument(name);
}

}  // namespace

TEST_CASE("mma.sync multiplies matrices in every shape and type") {
  std::mt19937 random(7);
  for (const Form& form : forms()) {
    for (int repeat = 0; repeat < 3; ++repeat) {
      const Operands in = random_operands(form, random);
      std::string reports;
      const Matrix d = run_mma(form, in, "", &reports);
      const Matrix expected = product(in.a, in.b, in.c, form.d_type);
      INFO(opcode(form) << "\n" << reports);
      CHECK(reports.empty());
      CHECK(d.elements == expected.elements);
    }
  }
}

TEST_CASE("mma.sync with subnormal, overflowing and NaN elements") {
  const Form& form = form_named("mma.sync.aligned.m16n8k16.row.col.f16.f16.f16.f16");
  std::mt19937 random(8);
  Operands in = random_operands(form, random);
  std::fill(in.b.elements.begin(), in.b.elements.end(), 0);
  in.a.at(0, 0) = 0x7bffU;  // 65504
  in.b.at(0, 0) = 0x3c01U;  // slightly above 1
  in.c.at(0, 0) = 0x4c00U;  // 16
  in.a.at(1, 0) = 0x0001U;  // 2^-24
  in.c.at(1, 0) = 0x0001U;
  in.a.at(2, 0) = 0x7e11U;  // NaN
  in.a.at(3, 0) = 0xfc00U;  // -infinity
  std::string reports;
  const Matrix d = run_mma(form, in, "", &reports);
  CHECK(d.at(0, 0) == 0x7c00U);
  CHECK(d.at(1, 0) == 0x0002U);
  CHECK(d.at(2, 0) == 0x7fffU);
  CHECK(d.at(3, 0) == 0xfc00U);
  CHECK(d.at(3, 1) == 0x7fffU);  // -infinity * 0
  const Form& wide = form_named("mma.sync.aligned.m16n8k16.row.col.f32.f16.f16.f32");
  in.c = Matrix("f32", 16, 8);
  CHECK(run_mma(wide, in, "", &reports).at(2, 0) == 0x7fffffffU);
}

TEST_CASE("mma.sync rounds to the accumulator once") {
  // 2048 + 1 + 1: each sum rounded to f16 would stay at 2048.
  const Form& form = form_named("mma.sync.aligned.m16n8k8.row.col.f16.f16.f16.f16");
  Operands in{Matrix("f16", 16, 8), Matrix("f16", 8, 8), Matrix("f16", 16, 8)};
  in.a.at(5, 0) = in.a.at(5, 1) = 0x3c00U;
  in.b.at(0, 3) = in.b.at(1, 3) = 0x3c00U;
  in.c.at(5, 3) = 0x6800U;
  std::string reports;
  CHECK(run_mma(form, in, "", &reports).at(5, 3) == 0x6801U);
}

TEST_CASE("Matrix instructions are counted, and so are their NaN and infinite results") {
  WarpKernel kernel;
  kernel.inputs.resize(1);
  kernel.inputs[0].fill(0);
  kernel.inputs[0][4 * 3] = 0x7e00U;        // A[3][0]: NaN, so all of row 3 of D
  kernel.inputs[0][4 * 5] = 0x7c00U << 16;  // A[5][1]: infinity, times one
  kernel.outputs = 2;
  kernel.body =
      "mov.u32 %t1, 0x3c003c00;\n"
      "mma.sync.aligned.m16n8k8.row.col.f16.f16.f16.f16 {%o0, %o1}, {%i0, %i0}, {%t1}, {0, 0};\n"
      "mma.sync.aligned.m16n8k8.row.col.f32.f16.f16.f32 {%t2, %t3, %t4, %t5}, {%i0, %i0}, {%t1}, "
      "{%f0, %f0, %f0, %f0};";
  kernel.body = "mov.f32 %f0, 0f00000000;\n" + kernel.body;
  const WarpResult result = run(kernel);
  INFO(result.text());
  CHECK(result.reports.empty());
  CHECK(result.outputs[0][12] == 0x7fff7fffU);
  CHECK(result.outputs[1][20] == 0x7c007c00U);
  CHECK(result.counts.matrix_instructions == 2);
  // Lanes of a register with at least one: four lanes a row, rows 3 and 11, in two registers of
  // f16 and four of f32.
  CHECK(result.counts.nan_results == 4 * (2 + 4));
  CHECK(result.counts.infinite_results == 4 * (2 + 4));
}

TEST_CASE("mma.sync of integers wraps, and saturates with satfinite") {
  const Form& form = form_named("mma.sync.aligned.m16n8k32.row.col.s32.s8.s8.s32");
  Operands in{Matrix("s8", 16, 32), Matrix("s8", 32, 8), Matrix("s32", 16, 8)};
  in.a.at(2, 9) = 100;
  in.b.at(9, 4) = 100;
  in.c.at(2, 4) = 0x7fffffffU;
  in.a.at(3, 9) = 0x100 - 100;
  in.c.at(3, 4) = 0x80000000U;
  std::string reports;
  const Matrix wrapped = run_mma(form, in, "", &reports);
  CHECK(wrapped.at(2, 4) == 0x80000000U + 9999);
  CHECK(wrapped.at(3, 4) == 0x80000000U - 10000);
  const Matrix saturated = run_mma(form, in, ".satfinite", &reports);
  CHECK(saturated.at(2, 4) == 0x7fffffffU);
  CHECK(saturated.at(3, 4) == 0x80000000U);
  CHECK(saturated.at(3, 5) == 0);
}

TEST_CASE("mma.sync accumulates in place and takes constants for C") {
  const Form& form = form_named("mma.sync.aligned.m16n8k8.row.col.f32.f16.f16.f32");
  std::mt19937 random(9);
  const Operands in = random_operands(form, random);
  WarpKernel kernel;
  kernel.outputs = 4;
  pack(in.a, form.a, &kernel.inputs);
  pack(in.b, form.b, &kernel.inputs);
  const std::string o = "{%o0, %o1, %o2, %o3}, {%i0, %i1}, {%i2}, ";
  kernel.body = opcode(form) + " " + o + "{0f3F800000, 0f3F800000, 0f3F800000, 0f3F800000};\n" +
                opcode(form) + " " + o + "{%o0, %o1, %o2, %o3};";
  const WarpResult result = run(kernel);
  INFO(result.text());
  CHECK(result.reports.empty());
  Matrix one("f32", 16, 8);
  std::fill(one.elements.begin(), one.elements.end(), 0x3f800000U);
  const Matrix expected = product(in.a, in.b, product(in.a, in.b, one, "f32"), "f32");
  CHECK(unpack(result.outputs, "f32", 16, 8, c_place).elements == expected.elements);
}

TEST_CASE("ldmatrix feeds mma.sync") {
  // A row by row (16 x 16) and B row by row (16 x 8), the latter through .trans.
  const Form& form = form_named("mma.sync.aligned.m16n8k16.row.col.f32.f16.f16.f32");
  std::mt19937 random(10);
  const Operands in = random_operands(form, random);
  WarpKernel kernel;
  kernel.outputs = 4;
  for (const Matrix* matrix : {&in.a, &in.b}) {
    for (std::size_t i = 0; i < matrix->elements.size(); i += 2) {
      kernel.buffer.push_back(
          static_cast<std::uint32_t>(matrix->elements[i] | matrix->elements[i + 1] << 16));
    }
  }
  kernel.body =
      "mov.u32 %t1, tile;\n mad.wide.u32 %w1, %lane, 24, %buffer;\n"
      "mad.lo.u32 %t2, %lane, 24, %t1;\n"
      "ld.global.v2.u32 {%t3, %t4}, [%w1];\n st.shared.v2.u32 [%t2], {%t3, %t4};\n"
      "ld.global.v2.u32 {%t3, %t4}, [%w1+8];\n st.shared.v2.u32 [%t2+8], {%t3, %t4};\n"
      "ld.global.v2.u32 {%t3, %t4}, [%w1+16];\n st.shared.v2.u32 [%t2+16], {%t3, %t4};\n"
      "bar.warp.sync 0xffffffff;\n"
      // Row %lane % 16, column 8 * (%lane / 16) of A; row %lane % 16 of B.
      "and.b32 %t5, %lane, 15;\n shr.u32 %t6, %lane, 4;\n"
      "mad.lo.u32 %t7, %t5, 32, %t1;\n mad.lo.u32 %t7, %t6, 16, %t7;\n"
      "mad.lo.u32 %t8, %t5, 16, %t1;\n"
      "ldmatrix.sync.aligned.m8n8.x4.shared.b16 {%t10, %t11, %t12, %t13}, [%t7];\n"
      "ldmatrix.sync.aligned.m8n8.x2.trans.shared.b16 {%t14, %t15}, [%t8+512];\n" +
      opcode(form) +
      " {%o0, %o1, %o2, %o3}, {%t10, %t11, %t12, %t13}, {%t14, %t15}, "
      "{0f00000000, 0f00000000, 0f00000000, 0f00000000};";
  const WarpResult result = run(kernel);
  INFO(result.text());
  CHECK(result.reports.empty());
  const Matrix expected = product(in.a, in.b, Matrix("f32", 16, 8), "f32");
  CHECK(unpack(result.outputs, "f32", 16, 8, c_place).elements == expected.elements);
}

TEST_CASE("Forms of mma that are not known are errors that name them") {
  const std::string frag = "{%t1, %t2, %t3, %t4}";
  for (const std::string& opcode :
       {"mma.sync.aligned.m8n8k4.row.col.f32.f16.f16.f32 " + frag + ", {%t1,%t2}, {%t1,%t2}, " +
            frag,
        "mma.sync.aligned.m16n8k8.col.col.f32.f16.f16.f32 " + frag + ", {%t1,%t2}, {%t1}, " + frag,
        "mma.sync.aligned.m16n8k8.row.col.f32.f16.bf16.f32 " + frag + ", {%t1,%t2}, {%t1}, " + frag,
        "mma.sync.aligned.m16n8k8.row.col.f32.f16.f16.f16 " + frag + ", {%t1,%t2}, {%t1}, " + frag,
        "mma.sync.aligned.m16n8k32.row.col.f32.e4m3.e4m3.f32 " + frag + ", " + frag +
            ", {%t1, %t2}, " + frag,
        "mma.sp.sync.aligned.m16n8k16.row.col.f32.f16.f16.f32 " + frag +
            ", {%t1,%t2}, {%t1,%t2}, " + frag + ", %t5, 0",
        "mma.sync.aligned.m16n8k8.row.col.f32.f16.f16.f32 " + frag + ", {%t1}, {%t1}, " + frag}) {
    WarpKernel kernel;
    kernel.outputs = 0;
    kernel.body = opcode + ";";
    const std::string name = opcode.substr(0, opcode.find(' '));
    INFO(opcode);
    CHECK_THROWS_AS(run(kernel), UnknownOpcode);
    CHECK_THROWS_WITH(run(kernel), contains(name));
  }
  WarpKernel old;
  old.sm = 75;
  old.body = "mma.sync.aligned.m16n8k8.row.col.f32.bf16.bf16.f32 " + frag + ", {%t1,%t2}, {%t1}, " +
             frag + ";";
  CHECK_THROWS_WITH(run(old), contains("sm_80"));
}
