#include "engine/base/instruction_set.h"

#include <cstdlib>

#include "engine/base/error.h"
#include "tests/support/catch.h"

using namespace corticast;

namespace {

struct Forced {
  explicit Forced(const char* isa) { ::setenv("CORTICAST_ISA", isa, 1); }
  ~Forced() { ::unsetenv("CORTICAST_ISA"); }
  Forced(const Forced&) = delete;
  Forced& operator=(const Forced&) = delete;
};

}  // namespace

TEST_CASE("the best instruction set is chosen unless the environment names another") {
  const auto available = kernels::cpu::available_isas();
  ::unsetenv("CORTICAST_ISA");
  CHECK(chosen_isa() == available.back());
  const Forced nothing("");
  CHECK(chosen_isa() == available.back());
  for (const kernels::cpu::Isa isa : available) {
    const Forced one(to_string(isa).c_str());
    CHECK(chosen_isa() == isa);
  }
}

TEST_CASE("an instruction set that the processor lacks or nobody knows is refused") {
  for (const char* name : {"avx1024", "AVX2", "avx2 ", "portable,avx2"}) {
    const Forced one(name);
    try {
      chosen_isa();
      FAIL("accepted " << name);
    } catch (const Error& error) {
      CHECK(error.code() == ErrorCode::kDevice);
      CHECK_THAT(error.what(), test::contains(name) && test::contains("portable"));
      CHECK_THAT(error.hint(), test::contains("CORTICAST_ISA"));
    }
  }
}

TEST_CASE("products of bf16 pairs belong to avx512") {
  CHECK_FALSE(kernels::cpu::bf16_available(kernels::cpu::Isa::kPortable));
  CHECK_FALSE(kernels::cpu::bf16_available(kernels::cpu::Isa::kAvx2));
}
