// CPU, float32: relative L2 <= 2e-7 against the double reference.
#include "kernels/pool2d.h"

#include "tests/support/catch.h"
#include "tests/support/npz.h"
#include "tests/support/random.h"

using namespace corticast;
using namespace corticast::kernels;

TEST_CASE("pooling equals its reference on awkward shapes") {
  for (const int stride : {1, 2}) {
    for (const int channels : {1, 3, 8, 17, 64}) {
      for (const auto& [height, width] : {std::pair{2, 2}, {3, 2}, {5, 7}, {8, 9}, {27, 27}}) {
        const Pool2dShape shape{channels, height, width, stride};
        test::Random random(static_cast<std::uint64_t>(channels * height * width));
        const auto x = random.floats(static_cast<std::size_t>(height * width * channels));
        const auto outputs =
            static_cast<std::size_t>(shape.out_height() * shape.out_width() * channels);
        std::vector<double> expected(outputs);
        std::vector<float> got(outputs);
        reference::pool2d_average(shape, x.data(), expected.data());
        cpu::pool2d_average(shape, x.data(), got.data());
        INFO("stride " << stride << " c " << channels << " " << height << "x" << width);
        CHECK(test::distance(got.data(), expected.data(), outputs).relative_l2 <= 2e-7);
      }
    }
  }
}

TEST_CASE("stride 2 drops an odd last row and column, stride 1 shrinks by one") {
  CHECK(Pool2dShape{1, 111, 111, 2}.out_height() == 55);
  CHECK(Pool2dShape{1, 55, 54, 2}.out_width() == 27);
  CHECK(Pool2dShape{1, 27, 27, 1}.out_height() == 26);
  const std::vector<float> x = {1, 2, 50, 3, 4, 50, 50, 50, 50};  // 3x3
  double y = 0;
  reference::pool2d_average({1, 3, 3, 2}, x.data(), &y);
  CHECK(y == 2.5);
}
