#include "bench/photographs.h"

#include <set>

#include "engine/base/file.h"
#include "engine/image/decode.h"
#include "tests/support/catch.h"
#include "tests/support/temporary.h"

using namespace corticast;
using namespace corticast::bench;

TEST_CASE("generated photographs decode, differ, and are the same every time") {
  const test::TemporaryFolder first;
  const test::TemporaryFolder second;
  const auto paths = write_photographs(first.path(), 3);
  const auto again = write_photographs(second.path(), 3);
  REQUIRE(paths.size() == 3);
  std::set<std::string> different;
  for (std::size_t k = 0; k < paths.size(); ++k) {
    const std::string bytes = test::read_text(paths[k]);
    CHECK(bytes == test::read_text(again[k]));
    different.insert(bytes);
    // A photograph of this size and quality has 30 to 150 kB; a smooth one would cost too little.
    CHECK(bytes.size() > 30'000);
    CHECK(bytes.size() < 150'000);
    const Image image = decode_image(read_file(paths[k], kMaxFileBytes, ErrorCode::kImage));
    CHECK(image.width == kPhotographWidth);
    CHECK(image.height == kPhotographHeight);
  }
  CHECK(different.size() == 3);
}
