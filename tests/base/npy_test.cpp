#include "engine/base/npy.h"

#include "tests/support/catch.h"

using namespace corticast;

namespace {

NpyHeader parse(const std::string& bytes) {
  return parse_npy(as_byte_span(bytes), "x.npy", ErrorCode::kUsage);
}

std::string with_dictionary(const std::string& dictionary, const std::string& data) {
  std::string file("\x93NUMPY\x01\x00", 8);
  file += static_cast<char>(dictionary.size());
  file += '\0';
  return file + dictionary + data;
}

}  // namespace

TEST_CASE("an npy header survives the round trip") {
  for (const std::vector<std::uint64_t>& shape :
       {std::vector<std::uint64_t>{}, {3}, {2, 3}, {5, 224, 224, 3}}) {
    std::string file = make_npy_header("|u1", shape);
    CHECK(file.size() % 64 == 0);
    file.append(5 * 224 * 224 * 3, '\0');
    const NpyHeader header = parse(file);
    CHECK(header.shape == shape);
    CHECK(header.dtype == "|u1");
    CHECK(header.data_offset % 64 == 0);
  }
}

TEST_CASE("Fortran order is for readers that say they can take it") {
  const std::string file =
      with_dictionary("{'descr': '<f4', 'fortran_order': True, 'shape': (2, 1), }", "12345678");
  const auto header = parse_npy(as_byte_span(file), "x.npy", ErrorCode::kUsage, NpyOrder::kEither);
  CHECK(header.fortran);
  CHECK(header.shape == std::vector<std::uint64_t>{2, 1});
  CHECK_THROWS_AS(parse(file), Error);
  CHECK_FALSE(parse(make_npy_header("<f4", {0})).fortran);
  const std::string neither =
      with_dictionary("{'descr': '<f4', 'fortran_order': 1, 'shape': (2, 1), }", "12345678");
  CHECK_THROWS_AS(parse_npy(as_byte_span(neither), "x.npy", ErrorCode::kUsage, NpyOrder::kEither),
                  Error);
}

TEST_CASE("unusable npy files are refused by name") {
  const std::string good = "{'descr': '<f4', 'fortran_order': False, 'shape': (2,), }";
  REQUIRE(parse(with_dictionary(good, "12345678")).items == 2);
  const std::vector<std::string> bad = {
      "",
      "\x93NUMPY",
      with_dictionary(good, "1234567"),
      with_dictionary("{'descr': '>f4', 'fortran_order': False, 'shape': (2,), }", "12345678"),
      with_dictionary("{'descr': '|O', 'fortran_order': False, 'shape': (2,), }", "12345678"),
      with_dictionary("{'descr': '<f4', 'fortran_order': True, 'shape': (2,), }", "12345678"),
      with_dictionary("{'descr': '<f4', 'fortran_order': False, 'shape': (-2,), }", "12345678"),
      with_dictionary("{'descr': '<f4', 'fortran_order': False}", "12345678"),
      with_dictionary("{'descr': '<f8', 'fortran_order': False, "
                      "'shape': (4611686018427387904, 4), }",
                      ""),
  };
  for (const std::string& file : bad) {
    try {
      parse(file);
      FAIL("accepted a bad file");
    } catch (const Error& error) {
      CHECK(error.code() == ErrorCode::kUsage);
      CHECK(std::string(error.what()).find("x.npy") == 0);
    }
  }
}
