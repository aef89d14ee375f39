#include "tests/support/catch.h"
#include "tests/support/npz.h"
#include "tests/weights/builders.h"

using corticast::test::contains;
using namespace corticast::test;

namespace {

const std::string kSix = floats({0, 1, 2, 3, 4, 5});

std::vector<ZipSpec> good_entries() {
  return checkpoint_entries(dict_of(tensor({})), kSix);
}

std::string with_entry(const std::string& name, const std::string& data) {
  std::vector<ZipSpec> entries = good_entries();
  ZipSpec extra;
  extra.name = name;
  extra.data = data;
  entries.push_back(extra);
  return verdict(zip(entries));
}

// A zip64 end record and its locator, to stand before the end record.
std::string zip64(std::uint64_t count, std::uint64_t bytes, std::uint64_t start, std::uint64_t at) {
  return "PK\x06\x06" + le(std::uint64_t{44}) + std::string(12, '\0') + le(count) + le(count) +
         le(bytes) + le(start) + "PK\x06\x07" + le(std::uint32_t{0}) + le(at) +
         le(std::uint32_t{1});
}

std::string legacy(const std::vector<std::string>& keys, const std::string& tail) {
  TensorSpec spec;
  spec.legacy = true;
  return checkpoint_legacy(dict_of(tensor(spec)), keys, tail);
}

}  // namespace

TEST_CASE("Unknown zip entries are ignored and known ones are checked") {
  CHECK(with_entry("a/.format_version", "1") == "");
  CHECK(with_entry("a/data/77", "unused") == "");
  CHECK(with_entry("a/byteorder", "little") == "");
  CHECK_THAT(with_entry("a/byteorder", "big"), contains("byte order 'big'"));
  CHECK_THAT(with_entry("a/constants.pkl", "x"), contains("TorchScript"));
  CHECK_THAT(with_entry("a/data/0", kSix), contains("two entries are named 'a/data/0'"));
  CHECK_THAT(with_entry("b/data.pkl", "."), contains("two entries end in /data.pkl"));
}

TEST_CASE("Zip entries that are compressed, encrypted, overlapping or outside are refused") {
  std::vector<ZipSpec> entries = good_entries();
  entries[1].method = 8;
  CHECK_THAT(verdict(zip(entries)), contains("'a/data/0' is compressed (method 8)"));
  entries = good_entries();
  entries[1].flags |= 1;
  CHECK_THAT(verdict(zip(entries)), contains("encrypted"));
  entries = good_entries();
  entries[1].size_lie = 1 << 30;
  CHECK_THAT(verdict(zip(entries)), contains("reach past byte"));
  entries = good_entries();
  entries[1].size_lie = 30;
  CHECK_THAT(verdict(zip(entries)), contains("overlap"));
  entries = good_entries();
  entries[1].header_lie = 1 << 20;
  CHECK_THAT(verdict(zip(entries)), contains("has no header at byte 1048576"));
  entries[1].header_lie = 0;
  CHECK_THAT(verdict(zip(entries)), contains("contradicts the directory"));
  entries = good_entries();
  entries[1].size_lie = 0xFFFFFFFF;
  CHECK_THAT(verdict(zip(entries)), contains("lacks its zip64 sizes"));
  entries = good_entries();
  entries[0].name = "a/other.pkl";
  CHECK_THAT(verdict(zip(entries)), contains("without data.pkl"));
}

TEST_CASE("Zip64 end records must agree with the end record and lie where they say") {
  const std::string plain = zip(good_entries());
  const auto count = static_cast<std::uint64_t>(3);
  const std::size_t end = plain.size() - 22;
  const std::uint64_t bytes = corticast::load_le<std::uint32_t>(plain.data() + end + 12);
  const std::uint64_t start = corticast::load_le<std::uint32_t>(plain.data() + end + 16);
  const auto made = [&](const std::string& records) {
    return verdict(zip(good_entries(), records));
  };
  CHECK(made(zip64(count, bytes, start, end)) == "");
  CHECK_THAT(made(zip64(count + 1, bytes, start, end)), contains("contradicts the end record"));
  CHECK_THAT(made(zip64(count, ~std::uint64_t{0}, start, end)), contains("contradicts"));
  CHECK_THAT(made(zip64(count, bytes, start, ~std::uint64_t{0})), contains("zip64 locator"));
  CHECK_THAT(made(zip64(count, bytes, start, end + 1)), contains("zip64 locator"));
  std::string saturated = plain;
  saturated.replace(end + 16, 4, "\xff\xff\xff\xff");
  CHECK_THAT(verdict(saturated), contains("zip64 end record is missing"));
}

TEST_CASE("Files that are no checkpoints are named for what they are") {
  CHECK_THAT(verdict(""), contains("the file is empty"));
  CHECK_THAT(verdict("<?xml version=\"1.0\"?><Error>"), contains("a web page or XML"));
  std::string tar(512, '\0');
  tar.replace(257, 5, "ustar");
  CHECK_THAT(verdict(tar), contains("tar archive"));
  CHECK_THAT(verdict("\x80\x02}."), contains("not a PyTorch checkpoint"));
  CHECK_THAT(verdict("PK\x03\x04"), contains("cut short"));
}

TEST_CASE("Legacy storages must match the pickle exactly") {
  const std::string six = le(std::int64_t{6}) + kSix;
  CHECK(verdict(legacy({"0"}, six)) == "");
  CHECK_THAT(verdict(legacy({"0"}, le(std::int64_t{7}) + kSix + "0000")),
             contains("7 elements in the file, the pickle says 6"));
  CHECK_THAT(verdict(legacy({"0"}, le(std::int64_t{-1}) + kSix)), contains("the pickle says 6"));
  CHECK_THAT(verdict(legacy({"0"}, six + "x")), contains("1 bytes after the last storage"));
  CHECK_THAT(verdict(legacy({}, "")), contains("0 storages in the file, tensors name 1"));
  CHECK_THAT(verdict(legacy({"0", "1"}, six + six)), contains("no tensor describes it"));
  CHECK_THAT(verdict(legacy({"0", "0"}, six + six)), contains("stored twice"));
  CHECK_THAT(verdict(legacy({"0"}, six.substr(0, 20))), contains("cut short"));
}

TEST_CASE("A legacy file cut at any byte is refused") {
  const std::string whole = read_text(data_path("checkpoints/tiny_legacy.pth"));
  REQUIRE(verdict(whole) == "");
  for (std::size_t length = 0; length < 9000; length += length < 400 ? 1 : 7) {
    if (verdict(whole.substr(0, length)).substr(0, 3) != "3: ") FAIL("accepted " << length);
  }
}

TEST_CASE("A zip file cut at any byte is refused") {
  const std::string whole = zip(good_entries());
  REQUIRE(verdict(whole) == "");
  for (std::size_t length = 0; length < whole.size(); ++length) {
    if (verdict(whole.substr(0, length)).substr(0, 3) != "3: ") FAIL("accepted " << length);
  }
  const std::string fixture = read_text(data_path("checkpoints/tiny_v2layout_zip.pth"));
  for (std::size_t length = 0; length < fixture.size(); length += 997) {
    if (verdict(fixture.substr(0, length)).substr(0, 3) != "3: ") FAIL("accepted " << length);
  }
}
