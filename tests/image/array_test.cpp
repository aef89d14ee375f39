// Image arrays in .npy files.
#include <filesystem>

#include "engine/base/error.h"
#include "engine/base/npy.h"
#include "engine/image/preprocess.h"
#include "engine/image/source.h"
#include "tests/support/catch.h"
#include "tests/support/temporary.h"

using namespace corticast;
using namespace corticast::test;

namespace {

constexpr std::size_t kOutput = std::size_t{3} * kNetworkSide * kNetworkSide;

struct ArrayFile {
  TemporaryFolder folder;
  std::string path = (folder / "images.npy").string();
  void write(const std::string& dtype, const std::vector<std::uint64_t>& shape,
             const std::string& data) const {
    write_text(path, make_npy_header(dtype, shape) + data);
  }
  std::string refusal() const {
    try {
      const ImageSource source(InputSpec{{path}, false});
    } catch (const Error& error) {
      CHECK(error.code() == ErrorCode::kUsage);
      CHECK_THAT(error.what(), contains("images.npy"));
      return std::string(error.what()) + " | " + error.hint();
    }
    return "accepted";
  }
  // One-pixel images become 224 x 224 of that pixel.
  std::vector<int> first_pixel(std::size_t row) const {
    const ImageSource source(InputSpec{{path}, false});
    std::vector<std::uint8_t> out(kOutput);
    source.load(row, out.data());
    return {out[0], out[1], out[2]};
  }
};

}  // namespace

TEST_CASE("integer arrays of any kind wrap around to bytes") {
  const ArrayFile file;
  const std::vector<std::uint64_t> shape = {1, 3, 1, 1};
  file.write("|u1", shape, "\x01\x80\xFF");
  CHECK(file.first_pixel(0) == std::vector<int>{1, 128, 255});
  file.write("|i1", shape, "\x01\x80\xFF");
  CHECK(file.first_pixel(0) == std::vector<int>{1, 128, 255});
  file.write("<i2", shape, std::string("\xFF\xFF\x00\x01\x2C\x01", 6));  // -1, 256, 300
  CHECK(file.first_pixel(0) == std::vector<int>{255, 0, 44});
  file.write("<u4", shape, std::string("\x05\x00\x00\x80\x06\x01\x00\x00\x07\x00\x00\x00", 12));
  CHECK(file.first_pixel(0) == std::vector<int>{5, 6, 7});
}

TEST_CASE("booleans are refused: as bytes they would be an almost black image") {
  const ArrayFile file;
  file.write("|b1", {1, 3, 1, 1}, std::string("\x00\x01\x00", 3));
  CHECK_THROWS_WITH(ImageSource(InputSpec{{file.path}, false}),
                    contains("holds booleans (|b1), expected integers 0..255"));
}

TEST_CASE("each row of an array is an image of its own") {
  const ArrayFile file;
  file.write("|u1", {2, 3, 1, 1}, "\x01\x02\x03\x04\x05\x06");
  CHECK(file.first_pixel(0) == std::vector<int>{1, 2, 3});
  CHECK(file.first_pixel(1) == std::vector<int>{4, 5, 6});
  const ImageSource source(InputSpec{{file.path}, false});
  CHECK(source.size() == 2);
  CHECK(source.name(1) == file.path + "#1");
}

TEST_CASE("floating-point arrays are refused with what to run in NumPy") {
  const ArrayFile file;
  file.write("<f4", {1, 3, 1, 1}, std::string(12, '\0'));
  CHECK_THAT(file.refusal(), contains("floating point (<f4)") && contains("astype('uint8')"));
}

TEST_CASE("arrays of the wrong shape are refused with the shape found and the remedy") {
  const ArrayFile file;
  file.write("|u1", {3, 1, 1}, "abc");
  CHECK_THAT(file.refusal(), contains("[3, 1, 1]") && contains("array[None]"));
  file.write("|u1", {1, 2, 2, 3}, std::string(12, 'a'));
  CHECK_THAT(file.refusal(), contains("transpose(0, 3, 1, 2)"));
  file.write("|u1", {1, 4, 2, 2}, std::string(16, 'a'));
  CHECK_THAT(file.refusal(), contains("[1, 4, 2, 2]"));
  file.write("|u1", {0, 3, 2, 2}, "");
  CHECK_THAT(file.refusal(), contains("no image"));
  file.write("|u1", {1, 3, 0, 2}, "");
  CHECK_THAT(file.refusal(), contains("[1, 3, 0, 2]"));
  file.write("|u1", {1ull << 60, 3, 0, 2}, "");
  CHECK_THAT(file.refusal(), contains("expected"));
  file.write("|u1", {1, 3, 32769, 1}, std::string(3 * 32769, 'a'));
  CHECK_THAT(file.refusal(), contains("32,768"));
  file.write("|u1", {2, 3, 1, 1}, "abcde");
  CHECK_THAT(file.refusal(), contains("data bytes"));
}

TEST_CASE("a missing array in a list is refused, since nobody knows how many images it holds") {
  const TemporaryFolder folder;
  write_text(folder / "list", "/nonexistent/images.npy\n");
  CHECK_THROWS_WITH((ImageSource(InputSpec{{"@" + (folder / "list").string()}, false})),
                    contains("/nonexistent/images.npy: cannot open"));
}

TEST_CASE("an array that changes during a run is an error of its images") {
  const ArrayFile file;
  file.write("|u1", {2, 3, 1, 1}, "abcdef");
  const ImageSource source(InputSpec{{file.path}, false});
  std::vector<std::uint8_t> out(kOutput);
  file.write("|u1", {1, 3, 1, 1}, "abc");
  CHECK_THROWS_WITH(source.load(1, out.data()), "the array has changed since the run began");
  std::filesystem::remove(file.path);
  CHECK_THROWS_WITH(source.load(0, out.data()), contains("cannot open"));
}
