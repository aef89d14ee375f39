#include <cmath>
#include <limits>

#include "engine/base/error.h"
#include "engine/model/synthetic.h"
#include "tests/support/catch.h"
#include "tests/support/npz.h"
#include "tests/support/temporary.h"
#include "tests/weights/builders.h"
#include "weights_tool/metadata/berg_metadata.h"
#include "weights_tool/metadata/known_subjects.h"

using namespace corticast;
using namespace corticast::test;
using namespace corticast::weights;

namespace {

const std::string kArray = global("numpy.core.multiarray", "_reconstruct") +
                           global("numpy", "ndarray") + "K" + std::string(1, '\0') + "\x85" +
                           "C\x01" + "b\x87R";  // not built yet
const std::string kEmptyShape = ")";

std::string bytes(const std::string& value) {  // BINBYTES
  return "B" + le(static_cast<std::uint32_t>(value.size())) + value;
}

std::string dtype(const std::string& code, const std::string& order = "<") {
  return global("numpy", "dtype") + text(code) + "\x89\x88\x87R(K\x03" + text(order) +
         "NNNJ\xff\xff\xff\xffJ\xff\xff\xff\xffK" + std::string(1, '\0') + "tb";
}

// state: what of the array follows its version.
std::string array(const std::string& shape, const std::string& type, const std::string& data) {
  return kArray + "(K\x01" + shape + type + "\x89" + data + "tb";
}

std::string floats_array(const std::vector<float>& values) {
  return array(number(static_cast<std::int64_t>(values.size())) + "\x85", dtype("f4"),
               bytes(floats(values)));
}

std::string npy(const std::string& pickle, const std::string& descr = "|O",
                const std::string& shape = "()") {
  std::string header =
      "{'descr': '" + descr + "', 'fortran_order': False, 'shape': " + shape + ", }";
  header.resize(117, ' ');
  header += '\n';
  return "\x93NUMPY\x01" + std::string(1, '\0') + le(static_cast<std::uint16_t>(header.size())) +
         header + pickle;
}

// A file of one object.
std::string file_of(const std::string& object) {
  return npy("\x80\x03" + array(kEmptyShape, dtype("O8", "|"), "]" + object + "a") + ".");
}

// entries: keys and values on the stack, in turns.
std::string dictionary(const std::string& entries) {
  return "}(" + entries + "u";
}

BergMetadata read(const std::string& file) {
  return read_berg_metadata(as_byte_span(file), "sub-01.npy");
}

std::string refusal(const std::string& file) {
  try {
    (void)read(file);
    return "";
  } catch (const Error& error) {
    CHECK(error.code() == ErrorCode::kModel);
    return error.what();
  }
}

std::vector<float> ceiling() {
  std::vector<float> values(kCeilingGrayordinates);
  for (std::size_t i = 0; i < values.size(); ++i) values[i] = static_cast<float>(i);
  values.back() = std::numeric_limits<float>::quiet_NaN();
  return values;
}

}  // namespace

TEST_CASE("metadata that NumPy 1 and NumPy 2 pickled read alike") {
  for (const char* name : {"metadata/numpy1.npy", "metadata/numpy2.npy"}) {
    INFO(name);
    const BergMetadata found = read(read_text(data_path(name)));
    const Stimuli& stimuli = found.metadata.stimuli;
    using Facts = std::vector<std::pair<std::string, std::string>>;
    using Texts = std::vector<std::string>;
    using Numbers = std::vector<std::int64_t>;
    CHECK(found.metadata.facts == Facts{{"participant_id", "sub-01"},
                                        {"age", "27"},
                                        {"sex", "F"},
                                        {"weight", "61.5"},
                                        {"sessions", "40"}});
    CHECK(stimuli.filenames == Texts{"a b.jpg", "d/\xC3\xA9.jpg", "c.jpg"});
    CHECK(stimuli.alias == Texts{"x", "", ""});
    CHECK(stimuli.source == Texts{"coco", "\xC3\xA9t\xC3\xA9", ""});
    CHECK(stimuli.train_idx == Numbers{0, 2});
    CHECK(stimuli.test_idx == Numbers{1});
    CHECK(stimuli.train_filenames == Texts{"a b.jpg", "c.jpg"});
    CHECK(stimuli.test_filenames == Texts{"d/\xC3\xA9.jpg"});
    CHECK(stimuli.reps == Numbers{3, -1, 1});
    CHECK(found.ignored == Texts{"roi", "vertex_mapping_all"});
    CHECK(found.metadata.noise_ceilings[3].empty());
  }
}

TEST_CASE("noise ceilings are taken wherever they lie") {
  const std::vector<float> values = ceiling();
  const std::string entry = text("test_n-avg_noiseceiling") + floats_array(values);
  for (const std::string& dict :
       {dictionary(entry), dictionary(text("encoding_models") + dictionary(entry)),
        dictionary(text("noise_ceiling") + dictionary(entry) + text("age") + "N")}) {
    const BergMetadata found = read(file_of(dict));
    REQUIRE(found.metadata.noise_ceilings[3].size() == kCeilingGrayordinates);
    CHECK(found.metadata.noise_ceilings[3][91'280] == 91'280.0f);
    CHECK(std::isnan(found.metadata.noise_ceilings[3][91'281]));
    CHECK(found.metadata.noise_ceilings[2].empty());
    CHECK(found.metadata.facts.empty());
  }
}

TEST_CASE("files that are no metadata are refused, and nothing of them is executed") {
  CHECK_THAT(refusal(""), contains("not a .npy file"));
  CHECK_THAT(refusal(npy("", "<f4", "(3,)")), contains("expected one pickled object"));
  CHECK_THAT(refusal(npy("\x80\x03}.")), contains("no array around a dictionary"));
  CHECK_THAT(refusal(file_of("N")), contains("its object is no dictionary"));
  CHECK_THAT(refusal(file_of("}")), contains("none of BERG's entries is in it"));
  const std::string good = file_of(dictionary(text("age") + "K\x07"));
  CHECK(refusal(good) == "");
  for (std::size_t size = 0; size < good.size(); ++size) {
    CHECK(refusal(good.substr(0, size)) != "");
  }
  CHECK_THAT(refusal(npy("\x80\x03" + global("os", "system") + ".")), contains("'os.system'"));
  CHECK_THAT(refusal(npy("\x80\x03" + global("torch", "FloatStorage") + ".")),
             contains("'torch.FloatStorage', which is not on the list"));
  CHECK_THAT(refusal(npy("\x80\x03NQ.")), contains("opcode BINPERSID is not accepted"));
  CHECK_THAT(refusal(npy("\x80\x03" + global("numpy", "ndarray") + ")R.")),
             contains("would be called"));
  CHECK_THAT(verdict(checkpoint_zip(kProto + global("numpy", "dtype") + ".", "")),
             contains("'numpy.dtype', which is not on the list"));
  CHECK_THAT(verdict(checkpoint_zip(kProto + bytes("x") + ".", "")), contains("BINBYTES"));
}

TEST_CASE("entries of metadata that do not fit are refused by name") {
  const auto of = [](const std::string& key, const std::string& value) {
    return refusal(file_of(dictionary(text(key) + value)));
  };
  const std::string two = "](" + text("a") + text("b") + "e";
  CHECK_THAT(of("test_n-1_noiseceiling", floats_array({1, 2})),
             contains("2 values, expected 91282"));
  CHECK_THAT(of("test_n-1_noiseceiling", text("x")), contains("neither an array nor a list"));
  CHECK_THAT(of("filenames", floats_array({1})), contains("an array of numbers, expected texts"));
  CHECK_THAT(of("filenames", "](}e"), contains("item 0 is no text"));
  CHECK_THAT(of("alias", two), contains("alias: 2 items for 0 filenames"));
  CHECK_THAT(of("train_idx",
                "](K\x05"
                "e"),
             contains("index 5 of 0 filenames"));
  CHECK_THAT(of("reps", "](G?\xe0" + std::string(6, '\0') + "e"),
             contains("expected a whole number"));
  CHECK_THAT(of("age", "K\x01" + text("x") + dictionary(text("age") + "K\x02")),
             contains("appears twice, with different values"));
  const std::string huge = number(std::int64_t{1} << 62);
  CHECK_THAT(of("x", array(huge + huge + "\x86", dtype("f4"), bytes(""))),
             contains("a shape of more than 2^64 items"));
  CHECK_THAT(of("x", array(huge + "\x85", dtype("f4"), bytes(""))), contains("need others"));
  CHECK_THAT(of("x", array("K\x02\x85", dtype("O8"), "](Ne")),
             contains("1 objects, the shape needs 2"));
  CHECK_THAT(of("x", dtype("V8")), contains("the type 'V8'"));
  CHECK_THAT(of("x", array("K\x01\x85", "N", bytes("x"))), contains("the type is missing"));
  CHECK_THAT(of("filenames", kArray), contains("an array of 0 dimensions"));
}

TEST_CASE("files go to the subjects that their names say, and the hash stays") {
  const TemporaryFolder folder;
  SyntheticModel model;
  model.features = 1;
  model.vertices = 3;
  model.subjects = {*parse_subject("NSD-01"), *parse_subject("THINGS-02")};
  const std::string hash = write_synthetic(folder / "m", model);
  const ModelFile file(folder / "m");
  const ModelInfo& info = file.info();
  CHECK(assign_metadata("x/NSD/sub-01.npy", info).readout == 0);
  CHECK(assign_metadata("x/THINGS/sub-02.npy", info).readout == 1);
  CHECK(assign_metadata("NaturalScenesDataset/sub-01.npy", info).readout == 0);
  CHECK(assign_metadata("x/sub-02_THINGS.npy", info).readout == 1);
  CHECK(assign_metadata("THINGS-02=a/NSD/sub-01.npy", info).path == "a/NSD/sub-01.npy");
  CHECK_THROWS_WITH(assign_metadata("NSD/sub-02.npy", info), contains("the model does not hold"));
  CHECK_THROWS_WITH(assign_metadata("x/sub-01.npy", info), contains("does not say whose"));
  CHECK_THROWS_WITH(assign_metadata("me=sub-01.npy", info), contains("'me' is no known subject"));

  std::vector<KnownSubject> known(2);
  known[1] = import_metadata(data_path("metadata/numpy2.npy"), [](const auto&) {});
  CHECK(write_with_metadata(file, folder / "one", known) == hash);
  known[1] = {};
  known[0] = import_metadata(data_path("metadata/numpy1.npy"), [](const auto&) {});
  CHECK(write_with_metadata(ModelFile(folder / "one"), folder / "both", known) == hash);
  const Model both(folder / "both");
  CHECK(both.metadata(0).facts == both.metadata(1).facts);
  CHECK(both.metadata(1).stimuli.reps == std::vector<std::int64_t>{3, -1, 1});
}
