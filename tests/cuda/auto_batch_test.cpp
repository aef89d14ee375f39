// The batch size of --batch auto, from made-up numbers.
#include "engine/backend/cuda/auto_batch.h"

#include "engine/base/error.h"
#include "tests/support/catch.h"

using namespace corticast;
using namespace corticast::test;

namespace {

constexpr std::uint64_t kMiB = std::uint64_t{1} << 20;
constexpr std::uint64_t kGiB = std::uint64_t{1} << 30;

// 100 MiB of weights and 50 MiB for each image.
std::uint64_t planned(std::size_t batch) {
  return 100 * kMiB + 50 * kMiB * batch;
}

std::size_t batch_with(std::uint64_t free, std::uint64_t total = 80 * kGiB) {
  return cuda::auto_batch("cuda:0 (card)", {free, total}, planned);
}

Error error_with(const std::function<std::uint64_t(std::size_t)>& bytes) {
  try {
    cuda::auto_batch("cuda:0 (card)", {100 * kMiB, 8 * kGiB}, bytes);
  } catch (const Error& error) {
    return error;
  }
  FAIL("no error");
  return Error(ErrorCode::kInternal, "");
}

}  // namespace

TEST_CASE("the automatic batch is the largest that fits into 85 % of the free memory") {
  CHECK(batch_with(80 * kGiB) == 32);
  // 32 images: 1,700 MiB, 85 % of 2,000 MiB. 16: 900 of 1,059. 1: 150 of 177.
  CHECK(batch_with(2001 * kMiB) == 32);
  CHECK(batch_with(1999 * kMiB) == 16);
  CHECK(batch_with(1060 * kMiB) == 16);
  CHECK(batch_with(1058 * kMiB) == 8);
  CHECK(batch_with(400 * kMiB) == 4);
  CHECK(batch_with(300 * kMiB) == 2);
  CHECK(batch_with(177 * kMiB) == 1);
}

TEST_CASE("cards of 16 GB get 16 images at most") {
  CHECK(batch_with(16 * kGiB, 16 * kGiB) == 16);
  CHECK(batch_with(15 * kGiB, 15843721216) == 16);  // what a T4 reports
  CHECK(batch_with(20 * kGiB, 24 * kGiB) == 32);
}

TEST_CASE("a card without room for one image is refused with the numbers") {
  const Error error = error_with(planned);
  CHECK(error.code() == ErrorCode::kDevice);
  CHECK(error.what() ==
        std::string("cuda:0 (card): a batch of one image takes 150 MiB of device memory; 85 % of "
                    "the 100 MiB that are free (8192 MiB in all) are 85 MiB"));
  CHECK_THAT(error.hint(), contains("fewer subjects"));
}

TEST_CASE("a batch that has no plan is passed over, other errors are not") {
  const auto picky = [](std::size_t batch) {
    if (batch > 4) throw Error(ErrorCode::kDevice, "no plan for " + std::to_string(batch));
    return batch;
  };
  CHECK(cuda::auto_batch("cuda:0", {kGiB, 80 * kGiB}, picky) == 4);
  const Error none = error_with([](std::size_t batch) -> std::uint64_t {
    throw Error(ErrorCode::kDevice, "no plan for " + std::to_string(batch));
  });
  CHECK(none.what() == std::string("no plan for 1"));
  const Error other = error_with([](std::size_t batch) -> std::uint64_t {
    throw Error(ErrorCode::kModel, "damaged at " + std::to_string(batch));
  });
  CHECK(other.code() == ErrorCode::kModel);
  CHECK(other.what() == std::string("damaged at 16"));
}
