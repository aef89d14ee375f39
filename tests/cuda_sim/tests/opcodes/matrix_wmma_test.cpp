// wmma against plain products in double, through memory of every space and layout.
#include <cstring>
#include <random>

#include "tests/cuda_sim/opcodes/decoder.h"
#include "tests/cuda_sim/tests/opcodes/matrix_values.h"
#include "tests/cuda_sim/tests/opcodes/warp_kernel.h"
#include "tests/support/catch.h"

using namespace cuda_sim;
using namespace cuda_sim::test;
using corticast::test::contains;

namespace {

struct Form {
  std::string shape;
  unsigned m, n, k;
  std::string multiplicand, c_type, d_type;
  std::uint32_t sm = 80;
};

std::vector<Form> forms() {
  std::vector<Form> result;
  const Form shapes[] = {{"m16n16k16", 16, 16, 16, {}, {}, {}},
                         {"m32n8k16", 32, 8, 16, {}, {}, {}},
                         {"m8n32k16", 8, 32, 16, {}, {}, {}}};
  const auto add = [&](Form form, const std::string& ab, const std::string& c, const std::string& d,
                       std::uint32_t sm) {
    form.multiplicand = ab;
    form.c_type = c;
    form.d_type = d;
    form.sm = sm;
    result.push_back(form);
  };
  for (const Form& shape : shapes) {
    for (const std::string c : {"f16", "f32"}) {
      for (const std::string d : {"f16", "f32"}) add(shape, "f16", c, d, 75);
    }
    add(shape, "bf16", "f32", "f32", 80);
    add(shape, "s8", "s32", "s32", 75);
    add(shape, "u8", "s32", "s32", 75);
  }
  result.push_back({"m16n16k8", 16, 16, 8, "tf32", "f32", "f32"});
  result.push_back({"m8n8k4", 8, 8, 4, "f64", "f64", "f64"});
  return result;
}

// Registers that hold a fragment, by the tables of the PTX ISA ("Matrix Fragments for WMMA").
unsigned fragment_registers(const Form& form, char part, const std::string& type) {
  if (part == 'c') {
    if (type == "f64") return 2;
    return type == "f16" ? 4 : 8;
  }
  if (type == "f16") return 8;
  if (type == "f64") return 1;
  if (type == "tf32") return 4;
  const unsigned square = type == "bf16" ? 4 : 2;
  if (form.m == 16) return square;
  return (form.m == 32) == (part == 'a') ? 2 * square : square / 2;
}

// "{%t8, %t9}" or, of f64, "{%w8}".
std::string fragment(const Form& form, char part, const std::string& type, unsigned first) {
  std::string text = "{";
  for (unsigned i = 0; i < fragment_registers(form, part, type); ++i) {
    text +=
        std::string(i == 0 ? "" : ", ") + (type == "f64" ? "%w" : "%t") + std::to_string(first + i);
  }
  return text + "}";
}

// A matrix in the buffer: at a multiple of 256 bytes, its rows (or columns) 16 bytes apart.
struct Stored {
  unsigned offset = 0;  // bytes
  unsigned stride = 0;  // elements
  bool row_major = true;

  std::size_t byte(const Matrix& matrix, unsigned row, unsigned column) const {
    const std::size_t element = row_major ? row * stride + column : column * stride + row;
    return offset + element * bits_of(matrix.type) / 8;
  }
};

Stored place(const Matrix& matrix, bool row_major, unsigned* end) {
  const unsigned bytes = bits_of(matrix.type) / 8;
  Stored stored{*end, (row_major ? matrix.columns : matrix.rows) + 16 / bytes, row_major};
  *end += (row_major ? matrix.rows : matrix.columns) * stored.stride * bytes;
  *end = (*end + 255) / 256 * 256;
  return stored;
}

void put(const Matrix& matrix, const Stored& stored, std::vector<std::uint32_t>* buffer) {
  for (unsigned i = 0; i < matrix.rows; ++i) {
    for (unsigned j = 0; j < matrix.columns; ++j) {
      const Raw raw = matrix.at(i, j);
      std::memcpy(reinterpret_cast<char*>(buffer->data()) + stored.byte(matrix, i, j), &raw,
                  bits_of(matrix.type) / 8);
    }
  }
}

std::string layout(bool row_major) {
  return row_major ? "row" : "col";
}

std::string product_types(const Form& form) {
  if (form.multiplicand == "f16") return "." + form.d_type + "." + form.c_type;
  return "." + form.d_type + "." + form.multiplicand + "." + form.multiplicand + "." + form.c_type +
         (form.multiplicand == "f64" ? ".rn" : "");
}

struct Layouts {
  bool a, b, c, d;  // row by row
};

// Moves `bytes` of the buffer to the tile (or back), word by word.
std::string copy_words(unsigned bytes, bool to_tile) {
  const std::string label = to_tile ? "fill" : "drain";
  return "mov.u32 %t60, %lane;\n mov.u32 %t61, tile;\n" + label + ":\n" +
         "mad.wide.u32 %w60, %t60, 4, %buffer;\n mad.lo.u32 %t62, %t60, 4, %t61;\n" +
         (to_tile ? "ld.global.u32 %t63, [%w60];\n st.shared.u32 [%t62], %t63;\n"
                  : "ld.shared.u32 %t63, [%t62];\n st.global.u32 [%w60], %t63;\n") +
         "add.u32 %t60, %t60, 32;\n setp.lt.u32 %p9, %t60, " + std::to_string(bytes / 4) +
         ";\n @%p9 bra " + label + ";\n bar.warp.sync 0xffffffff;\n";
}

struct Place {
  std::string modifier;
  bool shared_memory;
};

void check(const Form& form, const Layouts& layouts, const Place& space, std::mt19937& random) {
  const Matrix a = Matrix::random(form.multiplicand, form.m, form.k, random);
  const Matrix b = Matrix::random(form.multiplicand, form.k, form.n, random);
  const Matrix c = Matrix::random(form.c_type, form.m, form.n, random);
  const Matrix expected = product(a, b, c, form.d_type);
  unsigned end = 0;
  const Stored in_a = place(a, layouts.a, &end);
  const Stored in_b = place(b, layouts.b, &end);
  const Stored in_c = place(c, layouts.c, &end);
  const Stored in_d = place(expected, layouts.d, &end);
  WarpKernel kernel;
  kernel.sm = form.sm;
  kernel.outputs = 0;
  kernel.buffer.assign(end / 4, 0xabababab);
  put(a, in_a, &kernel.buffer);
  put(b, in_b, &kernel.buffer);
  put(c, in_c, &kernel.buffer);

  std::string base = "%buffer";
  if (space.shared_memory) {
    kernel.body = copy_words(end, true) + "cvt.u64.u32 %w50, %t61;\n";
    if (space.modifier.empty()) kernel.body += "cvta.shared.u64 %w50, %w50;\n";
    base = "%w50";
  }
  const auto address = [&](const Stored& stored) {
    return "[" + base + "+" + std::to_string(stored.offset) + "]";
  };
  const auto load = [&](const std::string& part, const Stored& stored, const std::string& type,
                        unsigned first) {
    kernel.body += "wmma.load." + part + ".sync.aligned." + layout(stored.row_major) + "." +
                   form.shape + space.modifier + "." + type + " " +
                   fragment(form, part[0], type, first) + ", " + address(stored) + ", " +
                   std::to_string(stored.stride) + ";\n";
  };
  load("a", in_a, form.multiplicand, 0);
  load("b", in_b, form.multiplicand, 8);
  load("c", in_c, form.c_type, 16);
  kernel.body += "wmma.mma.sync.aligned." + layout(layouts.a) + "." + layout(layouts.b) + "." +
                 form.shape + product_types(form) + " " + fragment(form, 'c', form.d_type, 24) +
                 ", " + fragment(form, 'a', form.multiplicand, 0) + ", " +
                 fragment(form, 'b', form.multiplicand, 8) + ", " +
                 fragment(form, 'c', form.c_type, 16) + ";\n";
  kernel.body += "mov.u32 %t40, " + std::to_string(in_d.stride) + ";\n wmma.store.d.sync.aligned." +
                 layout(layouts.d) + "." + form.shape + space.modifier + "." + form.d_type + " " +
                 address(in_d) + ", " + fragment(form, 'c', form.d_type, 24) + ", %t40;\n";
  if (space.shared_memory) kernel.body += "bar.warp.sync 0xffffffff;\n" + copy_words(end, false);
  const WarpResult result = run(kernel);
  INFO(kernel.body << "\n" << result.text());
  CHECK(result.reports.empty());
  std::vector<std::uint32_t> wanted = kernel.buffer;
  put(expected, in_d, &wanted);
  CHECK(result.buffer == wanted);
}

// Loads C, applies `change` to every register %t0 .. %t7, and stores D, m16n16k16 f32.
std::string through_registers(const std::string& change) {
  std::string text =
      "wmma.load.c.sync.aligned.row.m16n16k16.global.f32 "
      "{%t0, %t1, %t2, %t3, %t4, %t5, %t6, %t7}, [%buffer];\n";
  if (!change.empty()) {
    for (unsigned i = 0; i < 8; ++i) {
      const std::string reg = "%t" + std::to_string(i);
      text += change + " " + reg + ", " + reg + ", " + reg + ";\n";
    }
  }
  return text +
         "wmma.store.d.sync.aligned.col.m16n16k16.global.f32 [%buffer+1024], "
         "{%t0, %t1, %t2, %t3, %t4, %t5, %t6, %t7};\n";
}

constexpr const char* kLoadA =
    "wmma.load.a.sync.aligned.row.m16n16k16.global.f16 "
    "{%t0, %t1, %t2, %t3, %t4, %t5, %t6, %t7}, ";

}  // namespace

TEST_CASE("wmma multiplies matrices in every shape, type and layout") {
  std::mt19937 random(21);
  for (const Form& form : forms()) {
    for (unsigned bits = 0; bits < 16; ++bits) {
      const Layouts layouts{(bits & 1U) != 0, (bits & 2U) != 0, (bits & 4U) != 0, (bits & 8U) != 0};
      check(form, layouts, {".global", false}, random);
    }
  }
}

TEST_CASE("wmma reads and writes shared memory and generic addresses") {
  std::mt19937 random(22);
  for (const Form& form : forms()) {
    for (const Place& space :
         {Place{".shared", true}, Place{".shared::cta", true}, Place{"", true}, Place{"", false}}) {
      check(form, {true, false, true, true}, space, random);
      check(form, {false, true, false, false}, space, random);
    }
  }
}

TEST_CASE("Without a stride the rows of a wmma matrix follow each other") {
  WarpKernel kernel;
  kernel.outputs = 0;
  for (std::uint32_t i = 0; i < 512; ++i) kernel.buffer.push_back(i);
  kernel.body = through_registers("");
  const WarpResult result = run(kernel);
  INFO(result.text());
  CHECK(result.reports.empty());
  for (std::uint32_t i = 0; i < 16; ++i) {
    for (std::uint32_t j = 0; j < 16; ++j) CHECK(result.buffer[256 + 16 * j + i] == 16 * i + j);
  }
}

TEST_CASE("Elements of a wmma fragment may be changed one by one") {
  WarpKernel kernel;
  kernel.outputs = 0;
  for (std::uint32_t i = 0; i < 512; ++i) kernel.buffer.push_back(i);
  kernel.body = through_registers("add.u32");
  const WarpResult result = run(kernel);
  CHECK(result.reports.empty());
  CHECK(result.buffer[256 + 16 * 3 + 5] == 2 * (16 * 5 + 3));
}

TEST_CASE("A wmma accumulator of m16n16k16 lies in lanes as two mma accumulators side by side") {
  WarpKernel kernel;
  kernel.outputs = 8;
  for (std::uint32_t i = 0; i < 256; ++i) kernel.buffer.push_back(i);
  kernel.body =
      "wmma.load.c.sync.aligned.row.m16n16k16.global.f32 "
      "{%o0, %o1, %o2, %o3, %o4, %o5, %o6, %o7}, [%buffer], 16;";
  const WarpResult result = run(kernel);
  for (unsigned lane = 0; lane < 32; ++lane) {
    for (unsigned i = 0; i < 8; ++i) {
      const unsigned row = lane / 4 + ((i & 2U) != 0 ? 8 : 0);
      const unsigned column = lane % 4 * 2 + (i & 1U) + (i >= 4 ? 8 : 0);
      CHECK(result.outputs[i][lane] == 16 * row + column);
    }
  }
}

TEST_CASE("A fragment filled with one value is a matrix of that value") {
  WarpKernel kernel;
  kernel.outputs = 0;
  kernel.buffer.assign(256, 0);
  const std::string ones = "{%t1, %t1, %t1, %t1, %t1, %t1, %t1, %t1}";
  const std::string zeros =
      "{0f00000000, 0f00000000, 0f00000000, 0f00000000, 0f00000000, 0f00000000, 0f00000000, "
      "0f00000000}";
  kernel.body =
      "mov.u32 %t1, 0x3c003c00;\n wmma.mma.sync.aligned.row.col.m16n16k16.f32.f32 "
      "{%f0, %f1, %f2, %f3, %f4, %f5, %f6, %f7}, " +
      ones + ", " + ones + ", " + zeros + ";\n" +
      "wmma.store.d.sync.aligned.row.m16n16k16.global.f32 [%buffer], "
      "{%f0, %f1, %f2, %f3, %f4, %f5, %f6, %f7}, 16;";
  const WarpResult result = run(kernel);
  INFO(result.text());
  CHECK(result.reports.empty());
  CHECK(result.buffer == std::vector<std::uint32_t>(256, 0x41800000U));  // 16
}

TEST_CASE("wmma.mma of integers saturates with satfinite") {
  WarpKernel kernel;
  kernel.outputs = 1;
  const std::string d = "{%o0, %t2, %t3, %t4, %t5, %t6, %t7, %t8}";
  const std::string c = "{%t10, %t10, %t10, %t10, %t10, %t10, %t10, %t10}";
  kernel.body =
      "mov.u32 %t9, 0x01010101;\n mov.u32 %t10, 0x7fffffff;\n"
      "wmma.mma.sync.aligned.row.col.m16n16k16.satfinite.s32.s8.s8.s32 " +
      d + ", {%t9, %t9}, {%t9, %t9}, " + c + ";";
  CHECK(run(kernel).outputs[0][0] == 0x7fffffffU);
  kernel.body.replace(kernel.body.find(".satfinite"), 10, "");
  CHECK(run(kernel).outputs[0][0] == 0x8000000fU);
}

TEST_CASE("wmma of a misaligned matrix or row, or beyond the buffer, is reported") {
  WarpKernel kernel;
  kernel.outputs = 0;
  kernel.buffer.assign(1024, 0);
  const auto load = [&](const std::string& rest) {
    kernel.body = kLoadA + rest + ";";
    return run(kernel);
  };
  CHECK(load("[%buffer], 24").reports.empty());
  CHECK(load("[%buffer+16], 16").has(Fault::kMisaligned));
  CHECK(load("[%buffer], 20").has(Fault::kMisaligned));
  CHECK(load("[%buffer+3584], 16").reports.empty());
  CHECK(load("[%buffer+3584], 24").has(Fault::kGlobalBounds));
}

TEST_CASE("wmma whose lanes give different addresses or strides is reported") {
  WarpKernel kernel;
  kernel.outputs = 0;
  kernel.buffer.assign(1024, 0);
  kernel.body = std::string("mad.wide.u32 %w1, %lane, 32, %buffer;\n") + kLoadA + "[%w1], 16;";
  CHECK_THAT(run(kernel).text(), contains("another address"));
  kernel.body = std::string("mad.lo.u32 %t10, %lane, 8, 16;\n") + kLoadA + "[%buffer], %t10;";
  const WarpResult result = run(kernel);
  CHECK(result.has(Fault::kWarpOperand));
  CHECK_THAT(result.text(), contains("another stride"));
}

TEST_CASE("wmma of unwritten shared memory is reported") {
  WarpKernel kernel;
  kernel.outputs = 0;
  kernel.body =
      "mov.u32 %t20, tile;\n wmma.load.b.sync.aligned.col.m16n16k16.shared.f16 "
      "{%t0, %t1, %t2, %t3, %t4, %t5, %t6, %t7}, [%t20], 16;";
  CHECK(run(kernel).has(Fault::kUninitialised));
}

TEST_CASE("wmma forms that are not known are errors that name them") {
  const std::string eight = "{%t0, %t1, %t2, %t3, %t4, %t5, %t6, %t7}";
  for (const std::string& opcode :
       {"wmma.load.a.sync.aligned.row.m16n16k8.f16 " + eight + ", [%buffer], 16",
        "wmma.load.d.sync.aligned.row.m16n16k16.f32 " + eight + ", [%buffer], 16",
        std::string("wmma.load.a.sync.aligned.row.m8n8k32.s4 {%t0}, [%buffer], 32"),
        "wmma.load.a.sync.aligned.diag.m16n16k16.f16 " + eight + ", [%buffer], 16",
        "wmma.load.c.sync.aligned.row.m16n16k16.f16 " + eight + ", [%buffer], 16",
        "wmma.mma.sync.aligned.row.col.m16n16k16.f32.bf16.bf16.f16 " + eight + ", " + eight + ", " +
            eight + ", " + eight,
        "wmma.mma.sync.aligned.row.col.m16n16k16.f32.f32.satfinite " + eight + ", " + eight + ", " +
            eight + ", " + eight,
        "wmma.fill.sync.aligned.m16n16k16.f32 " + eight + ", 0"}) {
    WarpKernel kernel;
    kernel.outputs = 0;
    kernel.body = opcode + ";";
    const std::string name = opcode.substr(0, opcode.find(' '));
    INFO(opcode);
    CHECK_THROWS_AS(run(kernel), UnknownOpcode);
    CHECK_THROWS_WITH(run(kernel), contains(name));
  }
}
