// Digests: SHA-256 for identity and provenance, XXH3 for finding flipped bits at memory speed.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "engine/base/bytes.h"

namespace corticast {

// Streaming SHA-256 (OpenSSL's implementation). One user at a time.
class Sha256 {
 public:
  Sha256();
  ~Sha256();
  Sha256(const Sha256&) = delete;
  Sha256& operator=(const Sha256&) = delete;

  void update(ByteSpan bytes);
  // 64 lower-case hex digits; the object may not be used afterwards.
  std::string hex();

 private:
  struct Context;
  std::unique_ptr<Context> context_;
};

std::string sha256_hex(ByteSpan bytes);

// XXH3, 64 bits, seed 0.
std::uint64_t xxh3(ByteSpan bytes);

}  // namespace corticast
