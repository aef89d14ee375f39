#include "tests/support/catch.h"
#include "tests/support/npz.h"
#include "tests/weights/builders.h"
#include "weights_tool/checkpoint/cnn8_state.h"

using corticast::test::contains;
using namespace corticast::test;

namespace {

const std::string kSix = floats({0, 1, 2, 3, 4, 5});

std::string pickle_verdict(const std::string& pickle) {
  return verdict(checkpoint_zip(pickle, kSix));
}

std::string repeated(const std::string& piece, int times) {
  std::string text;
  for (int i = 0; i < times; ++i) text += piece;
  return text;
}

std::string with(const TensorSpec& spec) {
  return pickle_verdict(dict_of(tensor(spec)));
}

}  // namespace

TEST_CASE("The hand-made checkpoint that the broken ones start from is good") {
  CHECK(with({}) == "");
  TensorSpec legacy;
  legacy.legacy = true;
  CHECK(verdict(checkpoint_legacy(dict_of(tensor(legacy)), {"0"}, le(std::int64_t{6}) + kSix)) ==
        "");
}

TEST_CASE("Every bad fixture is refused with exit code 3 and a message that names the fault") {
  struct Row {
    const char* name;
    const char* fragment;
  };
  const std::vector<Row> rows = {
      {"bad_global_zip", "byte 60: refers to 'posix.getpid'"},
      {"bad_stride_zip", "reaches outside its storage of 600 elements"},
      {"bad_numel_zip", "2305843009213693952 float32 elements"},
      {"bad_record_missing_zip", "storage '0' is not in the file"},
      {"bad_truncated_zip", "cut short"},
      {"bad_truncated_legacy", "cut short"},
      {"bad_missing_key_zip", "missing 'module.core.block3.1.running_var'"}};
  for (const Row& row : rows) {
    INFO(row.name);
    try {
      const corticast::weights::Checkpoint checkpoint(
          data_path(std::string("checkpoints/") + row.name + ".pth"));
      (void)corticast::weights::find_cnn8(checkpoint);
      FAIL("was accepted");
    } catch (const corticast::Error& error) {
      CHECK(error.exit_code() == 3);
      CHECK_THAT(error.what(), contains(row.fragment));
      CHECK_THAT(error.what(), contains(row.name));
    }
  }
}

TEST_CASE("Opcodes that import or call anything else are refused by name and byte") {
  CHECK_THAT(pickle_verdict(kProto + "(ios\nsystem\n."),
             contains("byte 3: opcode INST is not accepted ('os.system')"));
  CHECK_THAT(pickle_verdict(kProto + "(" + global("collections", "OrderedDict") + "o."),
             contains("opcode OBJ is not accepted"));
  CHECK_THAT(pickle_verdict(kProto + global("collections", "OrderedDict") + ")\x81."),
             contains("byte 28: opcode NEWOBJ is not accepted"));
  CHECK_THAT(pickle_verdict(kProto + "\x82\x01."), contains("opcode EXT1 is not accepted"));
  CHECK_THAT(pickle_verdict(kProto + "\x84" + le(std::int32_t{-1}) + "."), contains("EXT4"));
  CHECK_THAT(pickle_verdict(kProto + text("os") + text("system") + "\x93" + text("id") + "\x85R."),
             contains("refers to 'os.system', which is not on the list"));
  CHECK_THAT(pickle_verdict(kProto + global("torch._utils", "_rebuild_tensor_v3") + "."),
             contains("'torch._utils._rebuild_tensor_v3'"));
  CHECK_THAT(pickle_verdict(kProto + global("torch", "FloatStorage") + ")R."),
             contains("FloatStorage: would be called"));
  CHECK_THAT(pickle_verdict(kProto + text("os.system") + ")R."), contains("REDUCE without"));
  CHECK_THAT(pickle_verdict(kProto + "N}b."), contains("BUILD is applied to"));
  CHECK_THAT(pickle_verdict(kProto + "\xff."), contains("unknown pickle opcode 255"));
  CHECK_THAT(pickle_verdict("\x80\x06}."), contains("pickle protocol 6"));
}

TEST_CASE("Pickles that grow without bound are refused") {
  CHECK_THAT(pickle_verdict(kProto + "Nr" + le(std::uint32_t{0xFFFFFFFF}) + "."),
             contains("memo entry 4294967295 is beyond the limit"));
  CHECK_THAT(pickle_verdict(kProto + repeated("(", 100) + "."), contains("nested deeper than 64"));
  CHECK_THAT(pickle_verdict(kProto + ")" + repeated("\x85", 100) + "."),
             contains("nested deeper than 64"));
  CHECK_THAT(pickle_verdict(kProto + "]q" + std::string(1, '\0') +
                            repeated("h" + std::string(1, '\0') + "a", 100) + "."),
             contains("nested deeper than 64"));
  CHECK_THAT(pickle_verdict(kProto + repeated("N", 300000) + "."), contains("more than 262144"));
  CHECK_THAT(pickle_verdict(kProto + repeated("N0", 600000) + "."), contains("more than 524288"));
  CHECK_THAT(pickle_verdict(kProto + "X" + le(std::uint32_t{0xFFFFFFFF}) + "ab"),
             contains("BINUNICODE needs 4294967295 bytes, only 2 remain"));
  CHECK_THAT(pickle_verdict(kProto + "T" + le(std::int32_t{-1}) + "ab"),
             contains("BINSTRING needs"));
  CHECK_THAT(pickle_verdict(kProto + "\x8d" + le(~std::uint64_t{0}) + "ab"),
             contains("BINUNICODE8 needs 18446744073709551615 bytes"));
  CHECK_THAT(pickle_verdict(kProto + "\x8a\x09" + std::string(9, '\x7f') + "."),
             contains("an integer of 9 bytes"));
}

TEST_CASE("Pickles whose structure makes no sense are refused") {
  for (const std::string& body :
       {std::string("."),      std::string("0."),      std::string("R."),   std::string("s."),
        std::string("u."),     std::string("t."),      std::string("Q."),   std::string("b."),
        std::string("h\x07."), std::string("}(N."),    std::string("}}."),  std::string("N(s."),
        std::string("}(Nu."),  std::string("}NNs."),   std::string("2."),   std::string("\x94."),
        std::string("\x93."),  std::string("L12x\n."), std::string("Labc"), std::string("N."),
        std::string("].")}) {
    INFO(body);
    CHECK_THAT(pickle_verdict(kProto + body), contains("3: "));
  }
  CHECK_THAT(pickle_verdict(kProto + "}.N"), contains("goes on for 1 bytes after its end"));
  CHECK_THAT(
      pickle_verdict(kProto + "}" + text("x") + tensor({}) + "s" + text("x") + tensor({}) + "s."),
      contains("tensor 'x': appears twice"));
  CHECK_THAT(pickle_verdict(dict_of("K\x07")), contains("entry 'x' of its dict is not a named"));
}

TEST_CASE("Tensors that claim more than their storage are refused before anything is allocated") {
  TensorSpec spec;
  spec.shape = {2, 4};
  CHECK_THAT(with(spec), contains("reaches outside its storage of 6 elements"));
  spec = {};
  spec.offset = 1;
  CHECK_THAT(with(spec), contains("at offset 1 reaches outside"));
  spec = {};
  spec.stride = {std::int64_t{1} << 62, std::int64_t{1} << 62};
  CHECK_THAT(with(spec), contains("reaches outside"));
  spec.shape = {std::int64_t{1} << 40, 3};
  spec.stride = {std::int64_t{1} << 40, 0};
  CHECK_THAT(with(spec), contains("too many items"));
  spec.shape = {std::int64_t{1} << 62, std::int64_t{1} << 62};
  spec.stride = {0, 0};
  CHECK_THAT(with(spec), contains("too many items"));
  spec = {};
  spec.shape = {-2, 3};
  CHECK_THAT(with(spec), contains("the size is negative (-2)"));
  spec = {};
  spec.stride = {-3, 1};
  CHECK_THAT(with(spec), contains("the stride is negative"));
  spec = {};
  spec.offset = -1;
  CHECK_THAT(with(spec), contains("the storage offset is negative"));
  spec = {};
  spec.count = -6;
  CHECK_THAT(with(spec), contains("the element count is negative"));
  spec.count = 7;
  CHECK_THAT(with(spec), contains("24 bytes in the file, 7 float32 elements need 28"));
  spec.count = std::int64_t{1} << 62;
  CHECK_THAT(with(spec), contains("more than any file can hold"));
  spec = {};
  spec.stride = {1};
  CHECK_THAT(with(spec), contains("2 sizes but 1 strides"));
  spec = {};
  spec.shape = std::vector<std::int64_t>(9, 1);
  CHECK_THAT(with(spec), contains("9 dimensions"));
  spec = {};
  spec.key = "../../etc/passwd";
  CHECK_THAT(with(spec), contains("storage '../../etc/passwd' is not in the file"));
}

TEST_CASE("Values that are not finite as float32 are refused with their position") {
  const float nan = std::numeric_limits<float>::quiet_NaN();
  CHECK_THAT(verdict(checkpoint_zip(dict_of(tensor({})), floats({0, 1, 2, 3, nan, 5}))),
             contains("tensor 'x': item 4 is NaN, infinite or too large"));
  TensorSpec wide;
  wide.storage = "DoubleStorage";
  wide.count = 1;
  wide.shape = {};
  wide.stride = {};
  CHECK_THAT(verdict(checkpoint_zip(dict_of(tensor(wide)), le(1e39))), contains("item 0"));
}
