// ldmatrix, stmatrix and movmatrix, element by element.
#include "tests/cuda_sim/opcodes/decoder.h"
#include "tests/cuda_sim/tests/opcodes/warp_kernel.h"
#include "tests/support/catch.h"

using namespace cuda_sim;
using namespace cuda_sim::test;
using corticast::test::contains;

namespace {

// Every element of 8x8 matrices in shared memory: 256 bytes of halves, row by row, filled from the
// inputs. The rows of matrix i begin at 128 * i.
const std::string kFillTile =
    "mov.u32 %t1, tile;\n mad.lo.u32 %t2, %lane, 16, %t1;\n"
    "st.shared.v4.u32 [%t2], {%i0, %i1, %i2, %i3};\n bar.warp.sync 0xffffffff;\n";

// Half `column` of row `row` of matrix `matrix` of the tile; distinct for all.
std::uint32_t tile_half(unsigned matrix, unsigned row, unsigned column) {
  return 0x100 * matrix + 0x10 * row + column + 1;
}

std::vector<Lanes> tile_inputs() {
  std::vector<Lanes> inputs(4);
  for (unsigned lane = 0; lane < 32; ++lane) {
    for (unsigned word = 0; word < 4; ++word) {
      inputs[word][lane] = tile_half(lane / 8, lane % 8, 2 * word) |
                           tile_half(lane / 8, lane % 8, 2 * word + 1) << 16;
    }
  }
  return inputs;
}

std::string register_list(const std::string& prefix, unsigned count) {
  std::string text = "{";
  for (unsigned i = 0; i < count; ++i) text += (i == 0 ? "" : ", ") + prefix + std::to_string(i);
  return text + "}";
}

}  // namespace

TEST_CASE("ldmatrix gives lane l the elements 2 (l % 4) and the next of row l / 4") {
  for (const unsigned count : {1U, 2U, 4U}) {
    for (const bool transposed : {false, true}) {
      for (const std::string space : {".shared", ".shared::cta", ""}) {
        WarpKernel kernel;
        kernel.sm = 75;
        kernel.inputs = tile_inputs();
        kernel.outputs = count;
        std::string address = "%t2";
        kernel.body = kFillTile;
        if (space.empty()) {
          kernel.body += "cvt.u64.u32 %w1, %t2;\n cvta.shared.u64 %w1, %w1;\n";
          address = "%w1";
        }
        kernel.body += "ldmatrix.sync.aligned.m8n8.x" + std::to_string(count) +
                       (transposed ? ".trans" : "") + space + ".b16 " + register_list("%o", count) +
                       ", [" + address + "];";
        const WarpResult result = run(kernel);
        INFO(kernel.body << "\n" << result.text());
        CHECK(result.reports.empty());
        for (unsigned matrix = 0; matrix < count; ++matrix) {
          for (unsigned lane = 0; lane < 32; ++lane) {
            const unsigned i = lane / 4;
            const unsigned j = lane % 4 * 2;
            const std::uint32_t low =
                transposed ? tile_half(matrix, j, i) : tile_half(matrix, i, j);
            const std::uint32_t high =
                transposed ? tile_half(matrix, j + 1, i) : tile_half(matrix, i, j + 1);
            CHECK(result.outputs[matrix][lane] == (low | high << 16));
          }
        }
      }
    }
  }
}

TEST_CASE("ldmatrix takes row addresses in any order, and only those of its lanes") {
  WarpKernel kernel;
  kernel.inputs = tile_inputs();
  kernel.outputs = 1;
  // Row r of the matrix is row 7 - r of tile matrix 2; lanes from 8 on have no valid address.
  kernel.body = kFillTile +
                "sub.u32 %t3, 23, %lane;\n mad.lo.u32 %t3, %t3, 16, %t1;\n"
                "setp.gt.u32 %p1, %lane, 7;\n @%p1 mov.u32 %t3, 0xfffffff0;\n"
                "ldmatrix.sync.aligned.m8n8.x1.shared.b16 {%o0}, [%t3];";
  const WarpResult result = run(kernel);
  INFO(result.text());
  CHECK(result.reports.empty());
  for (unsigned lane = 0; lane < 32; ++lane) {
    CHECK((result.outputs[0][lane] & 0xffffU) == tile_half(2, 7 - lane / 4, lane % 4 * 2));
  }
}

TEST_CASE("ldmatrix of a misaligned or unwritten row, or beyond shared memory, is reported") {
  WarpKernel kernel;
  kernel.inputs = tile_inputs();
  kernel.outputs = 1;
  const auto load_at = [&](const std::string& offset) {
    kernel.body =
        kFillTile + "ldmatrix.sync.aligned.m8n8.x1.shared.b16 {%o0}, [%t2+" + offset + "];";
    return run(kernel);
  };
  CHECK(load_at("0").reports.empty());
  CHECK(load_at("8").has(Fault::kMisaligned));
  CHECK(load_at("512").has(Fault::kUninitialised));
  CHECK(load_at("65536").has(Fault::kSharedBounds));
}

TEST_CASE("ldmatrix of rows that another lane wrote without a barrier is a race") {
  WarpKernel kernel;
  kernel.inputs = tile_inputs();
  kernel.outputs = 1;
  kernel.body =
      "mov.u32 %t1, tile;\n mad.lo.u32 %t2, %lane, 16, %t1;\n xor.b32 %t3, %t2, 16;\n"
      "st.shared.v4.u32 [%t2], {%i0, %i1, %i2, %i3};\n"
      "ldmatrix.sync.aligned.m8n8.x1.shared.b16 {%o0}, [%t3];";
  CHECK(run(kernel).has(Fault::kBlockRace));
}

TEST_CASE("stmatrix undoes ldmatrix") {
  for (const bool transposed : {false, true}) {
    const std::string form =
        std::string(".sync.aligned.m8n8.x4") + (transposed ? ".trans" : "") + ".shared.b16 ";
    WarpKernel kernel;
    kernel.sm = 90;
    kernel.inputs = tile_inputs();
    kernel.outputs = 4;
    kernel.body = kFillTile + "ldmatrix" + form + "{%t10, %t11, %t12, %t13}, [%t2];\n" +
                  "stmatrix" + form + "[%t2+1024], {%t10, %t11, %t12, %t13};\n" +
                  "bar.warp.sync 0xffffffff;\n ld.shared.v4.u32 {%o0, %o1, %o2, %o3}, [%t2+1024];";
    const WarpResult result = run(kernel);
    INFO(result.text());
    CHECK(result.reports.empty());
    CHECK(result.outputs == kernel.inputs);
  }
}

TEST_CASE("movmatrix transposes an 8x8 matrix") {
  WarpKernel kernel;
  kernel.inputs.resize(1);
  for (unsigned lane = 0; lane < 32; ++lane) {
    kernel.inputs[0][lane] =
        tile_half(1, lane / 4, lane % 4 * 2) | tile_half(1, lane / 4, lane % 4 * 2 + 1) << 16;
  }
  kernel.body = "movmatrix.sync.aligned.m8n8.trans.b16 %o0, %i0;";
  const WarpResult result = run(kernel);
  CHECK(result.reports.empty());
  for (unsigned lane = 0; lane < 32; ++lane) {
    CHECK(result.outputs[0][lane] ==
          (tile_half(1, lane % 4 * 2, lane / 4) | tile_half(1, lane % 4 * 2 + 1, lane / 4) << 16));
  }
}

TEST_CASE("A matrix opcode in part of a warp is reported") {
  WarpKernel kernel;
  kernel.inputs = {Lanes{}};
  kernel.threads = 20;
  kernel.body = "movmatrix.sync.aligned.m8n8.trans.b16 %o0, %i0;";
  CHECK(run(kernel).has(Fault::kInactiveLane));
}

TEST_CASE("Forms of ldmatrix and its kin that are not known are errors that name them") {
  for (const std::string opcode :
       {"ldmatrix.sync.aligned.m8n8.x3.shared.b16 {%t1, %t2, %t3}, [%t4]",
        "ldmatrix.sync.aligned.m16n16.x1.trans.shared.b8 {%t1, %t2}, [%t4]",
        "ldmatrix.sync.aligned.m8n8.x2.shared.b16 {%t1}, [%t4]",
        "stmatrix.sync.aligned.m8n8.x1.shared.b16 [%t4], {%t1}"}) {
    WarpKernel kernel;
    kernel.outputs = 0;
    kernel.body = opcode + ";";
    const std::string name = opcode.substr(0, opcode.find(' '));
    INFO(opcode);
    CHECK_THROWS_AS(run(kernel), UnknownOpcode);
    CHECK_THROWS_WITH(run(kernel), contains(name));
  }
}
