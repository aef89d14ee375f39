#include "engine/base/digest.h"

#include "tests/support/catch.h"

using namespace corticast;

TEST_CASE("SHA-256 gives the published digests") {  // FIPS 180-2, appendix B
  CHECK(sha256_hex({}) == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  CHECK(sha256_hex(as_byte_span("abc")) ==
        "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  Sha256 pieces;
  pieces.update(as_byte_span("a"));
  pieces.update(as_byte_span("bc"));
  CHECK(pieces.hex() == sha256_hex(as_byte_span("abc")));
}

TEST_CASE("XXH3 gives its published value for no bytes") {
  CHECK(xxh3({}) == 0x2D06800538D394C2ull);
}
