#include "tests/cli/responses.h"

#include "tests/support/catch.h"

namespace corticast::test {
namespace {

constexpr double kRelativeL2 = 3e-6;   // of one image's responses
constexpr double kRelativeMax = 5e-6;  // largest error over largest value

}  // namespace

void check_responses(const ReadFile& file, const std::string& path, const Array& expected) {
  const std::vector<float> got = file.floats(path);
  REQUIRE(got.size() == expected.items());
  const std::size_t columns = expected.shape[1];
  for (std::size_t n = 0; n < expected.shape[0]; ++n) {
    const Distance error =
        distance(got.data() + n * columns, expected.as<double>() + n * columns, columns);
    INFO(path << " row " << n);
    CHECK(error.relative_l2 <= kRelativeL2);
    CHECK(error.relative_max <= kRelativeMax);
  }
}

}  // namespace corticast::test
