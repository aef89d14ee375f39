#include <cmath>
#include <limits>

#include "engine/base/digest.h"
#include "tests/support/catch.h"
#include "tests/support/npz.h"
#include "tests/weights/builders.h"
#include "weights_tool/checkpoint/checkpoint.h"

using corticast::weights::Checkpoint;
using corticast::weights::DType;
using corticast::weights::Tensor;
using namespace corticast::test;

namespace {

Checkpoint fixture(const std::string& name) {
  return Checkpoint(data_path("checkpoints/" + name + ".pth"));
}

// SHA-256 over name, shape as "[a, b]" and float32 values in C order of every floating tensor.
std::string digest_of(const Checkpoint& checkpoint) {
  corticast::Sha256 digest;
  for (const Tensor& tensor : checkpoint.tensors()) {
    if (!corticast::weights::is_floating(tensor.dtype)) continue;
    digest.update(corticast::as_byte_span(tensor.name));
    digest.update(corticast::as_byte_span(corticast::weights::shape_text(tensor.shape)));
    const std::vector<float> values = checkpoint.read_all(tensor);
    digest.update(std::as_bytes(std::span(values)));
  }
  return digest.hex();
}

}  // namespace

// The hashes were computed with PyTorch 1.13.1 (torch.load, .float().contiguous()) by a script
// that shares no code with this reader.
TEST_CASE("Every good checkpoint yields exactly the tensors that PyTorch loads") {
  const std::string tiny = "d422c064e62b7088de27d380098d88bb5ca0afa83bd2b0784ae1287c41b7bf72";
  const std::string multihead = "41ca79633c887e89dab18e1fefab71a30084a35aa45417c998c8f58872d12320";
  struct Row {
    const char* name;
    std::size_t tensors;
    std::string sha256;
  };
  const std::vector<Row> rows = {
      {"tiny_zip", 54, tiny},
      {"tiny_legacy", 54, tiny},
      {"tiny_strided_zip", 54, tiny},
      {"tiny_strided_legacy", 54, tiny},
      {"tiny_v2layout_zip", 54, tiny},
      {"tiny_f64_zip", 54, tiny},
      {"tiny_bf16_zip", 54, "fab114a09acb7658182774c10aa90624f84e0376aada793e8ff63e565868bcc3"},
      {"multihead_half_zip", 54,
       "d1301416da2ec14795fd8fefaf4829ad99b30a339974e266ea5ef0ff0c45b59e"},
      {"multihead_zip", 54, multihead},
      {"multihead_legacy", 54, multihead},
      {"singlehead_zip", 51, "6d6c84d047379311c8da75473052c7bd1ad05113c681f1ad4df2d683f3040a72"}};
  for (const Row& row : rows) {
    INFO(row.name);
    const Checkpoint checkpoint = fixture(row.name);
    CHECK(checkpoint.tensors().size() == row.tensors);
    CHECK(digest_of(checkpoint) == row.sha256);
  }
}

TEST_CASE("A strided tensor read in pieces of any size equals the tensor read at once") {
  const Checkpoint checkpoint = fixture("tiny_strided_zip");
  const Tensor* spatial = checkpoint.find("module.subject_readouts.sub-03_THINGS.spatial");
  REQUIRE(spatial != nullptr);
  CHECK(spatial->stride == std::vector<std::uint64_t>{26, 1, 624});
  const std::vector<float> whole = checkpoint.read_all(*spatial);
  for (const std::size_t piece : {1u, 7u, 25u, 26u, 27u, 677u, 16224u}) {
    std::vector<float> joined(whole.size());
    for (std::size_t at = 0; at < joined.size(); at += piece) {
      const std::size_t count = std::min(piece, joined.size() - at);
      checkpoint.read(*spatial, at, std::span(joined).subspan(at, count));
    }
    CHECK(joined == whole);
  }
}

TEST_CASE("Expanded, reversed-axes and offset views follow their strides") {
  TensorSpec spec;
  spec.count = 7;
  spec.offset = 1;
  spec.shape = {3, 2, 2};
  spec.stride = {1, 0, 3};  // column-major with an expanded middle axis
  const TemporaryFolder folder;
  write_text(folder / "x.pth",
             checkpoint_zip(dict_of(tensor(spec)), floats({9, 0, 1, 2, 3, 4, 5})));
  const Checkpoint checkpoint(folder / "x.pth");
  CHECK(checkpoint.read_all(checkpoint.tensors()[0]) ==
        std::vector<float>{0, 3, 0, 3, 1, 4, 1, 4, 2, 5, 2, 5});
}

TEST_CASE("Every finite half widens exactly, subnormals and signed zeros included") {
  for (unsigned bits = 0; bits < 0x10000; ++bits) {
    const int exponent = static_cast<int>((bits >> 10) & 31u);
    const auto fraction = static_cast<float>(bits & 1023u);
    if (exponent == 31) continue;
    float expected =
        exponent == 0 ? std::ldexp(fraction, -24) : std::ldexp(1024.0f + fraction, exponent - 25);
    if ((bits & 0x8000u) != 0) expected = -expected;
    const float widened = corticast::weights::widen_half(static_cast<std::uint16_t>(bits));
    if (widened != expected || std::signbit(widened) != std::signbit(expected)) {
      FAIL("half " << bits << " gave " << widened << ", expected " << expected);
    }
  }
  CHECK(std::isinf(corticast::weights::widen_half(0x7C00)));
  CHECK(std::isnan(corticast::weights::widen_half(0x7E00)));
}

TEST_CASE("Doubles round to the nearest float and never overflow undefined") {
  const auto narrow = [](double value) {
    return corticast::weights::load_as_float(
        DType::kF64, static_cast<const std::byte*>(static_cast<const void*>(&value)), 0);
  };
  CHECK(narrow(0.1) == 0.1f);
  CHECK(narrow(1.0 + 0x1p-24) == 1.0f);  // tie to even
  CHECK(narrow(1.0 + 0x1.8p-23) == 1.0f + 0x1p-22f);
  CHECK(narrow(0x1p-149) == std::numeric_limits<float>::denorm_min());
  CHECK(narrow(0x1.fffffefp127) == std::numeric_limits<float>::max());
  CHECK(std::isinf(narrow(0x1.ffffffp127)));
  CHECK(std::isinf(narrow(-1e300)));
}
