#include <cmath>
#include <limits>
#include <thread>

#include "engine/base/error.h"
#include "engine/model/integrity.h"
#include "engine/model/subject_json.h"
#include "engine/model/writer.h"
#include "tests/model/broken_file.h"
#include "tests/support/catch.h"
#include "tests/support/temporary.h"

using namespace corticast;
using namespace corticast::test;

namespace {

std::vector<float> ceilings() {
  std::vector<float> values(kNoiseCeilings.size() * kCeilingGrayordinates,
                            std::numeric_limits<float>::quiet_NaN());
  for (std::size_t i = 0; i < 59'412; ++i) {
    values[3 * kCeilingGrayordinates + i] = static_cast<float>(i % 100) / 100.0f;
  }
  return values;
}

SubjectMetadata known(const std::vector<float>& values) {
  SubjectMetadata metadata;
  metadata.facts = {{"age", "27"}, {"sex", "F"}, {"note", "na\xC3\xAFve \"quoted\"\n"}};
  metadata.noise_ceilings[3] =
      std::span(values).subspan(3 * kCeilingGrayordinates, kCeilingGrayordinates);
  metadata.stimuli = {{"a b.jpg", "c/d.jpg", "\xC3\xA9.jpg"},
                      {"x", "", "z"},
                      {},
                      {0, 2},
                      {1},
                      {"a b.jpg", "\xC3\xA9.jpg"},
                      {"other.jpg"},
                      {3, -1, 0}};
  return metadata;
}

// A model of small_facts(1, 2, true) of whose second subject this text is known.
std::string write_known(const std::filesystem::path& path, const std::string& json) {
  const std::vector<float> values = ceilings();
  ModelInfo info = small_facts(1, 2, true);
  info.metadata_bytes = {0, json.size()};
  return write_model(path, info, 5,
                     [&](ModelWriter& writer) { writer.subject_metadata(values, json); });
}

bool same(std::span<const float> a, std::span<const float> b) {
  return a.size() == b.size() && std::memcmp(a.data(), b.data(), a.size_bytes()) == 0;
}

}  // namespace

TEST_CASE("what is known of a subject reads back and leaves the model hash as it was") {
  const TemporaryFolder folder;
  const std::vector<float> values = ceilings();
  const SubjectMetadata written = known(values);
  const std::string hash = write_known(folder / "m", subject_json(written));
  CHECK(hash == write_model(folder / "plain", small_facts(1, 2, true)));
  CHECK_THAT(read_text(folder / "plain"), contains("\"format_version\":\"1\""));
  CHECK_THAT(read_text(folder / "m"), contains("\"format_version\":\"2\""));

  const Model model(folder / "m");
  CHECK_FALSE(model.info().has_metadata(0));
  CHECK(model.metadata(0).empty());
  CHECK(Model(folder / "plain").metadata(1).empty());
  std::vector<std::thread> threads;
  threads.reserve(4);
  for (int i = 0; i < 4; ++i) threads.emplace_back([&] { (void)model.metadata(1); });
  for (std::thread& thread : threads) thread.join();
  const SubjectMetadata& read = model.metadata(1);
  CHECK(read.facts == written.facts);
  CHECK(read.stimuli.filenames == written.stimuli.filenames);
  CHECK(read.stimuli.alias == written.stimuli.alias);
  CHECK(read.stimuli.source.empty());
  CHECK(read.stimuli.train_idx == written.stimuli.train_idx);
  CHECK(read.stimuli.train_filenames == written.stimuli.train_filenames);
  CHECK(read.stimuli.test_filenames == written.stimuli.test_filenames);
  CHECK(read.stimuli.reps == written.stimuli.reps);
  CHECK(same(read.noise_ceilings[3], written.noise_ceilings[3]));
  CHECK(read.noise_ceilings[2].empty());
  CHECK(noise_ceiling_named("test_n-avg_noiseceiling") == std::size_t{3});
  CHECK(noise_ceiling_named("test_n-2") == std::nullopt);
  const ModelFile file(folder / "m");
  CHECK(check_integrity(file, [](const BlockTensor&, const TensorDamage&) {}).intact());
}

TEST_CASE("damaged metadata are an error for those who read them and nobody else") {
  const TemporaryFolder folder;
  write_known(folder / "m", R"({"facts":[["age","27"]]})");
  std::string bytes = read_text(folder / "m");
  bytes.replace(bytes.find("\"27\""), 4, "\"72\"");
  write_text(folder / "m", bytes);
  const Model model(folder / "m");
  CHECK_NOTHROW(model.verified_readout(1, all_rows(model.info())));
  CHECK_THROWS_WITH(model.metadata(1), contains("subject.sub-02_THINGS.json"));
  CHECK_THROWS_WITH(model.metadata(1), contains("does not match its checksum"));
}

TEST_CASE("texts that are no metadata are refused by name") {
  const TemporaryFolder folder;
  const std::vector<std::pair<std::string, std::string>> rows = {
      {"[]", "are no JSON object"},
      {"{\"facts\":[[[[]]]]}", "is nested too deeply"},
      {std::string("{}\0{}", 5), "are no UTF-8 text"},
      {"{\"facts\":[[\"\xFF\",\"x\"]]}", "are no UTF-8 text"},
      {R"({"facts":{}})", "facts is no list"},
      {R"({"facts":[["age"]]})", "a fact is no pair"},
      {R"({"facts":[["age",27]]})", "facts holds 27, expected a text"},
      {R"({"noise_ceilings":["test"]})", "unknown noise ceiling \"test\""},
      {R"({"stimuli":[]})", "stimuli is no object"},
      {R"({"stimuli":{"filenames":["a"],"alias":["b","c"]}})", "2 items in alias for 1 filenames"},
      {R"({"stimuli":{"filenames":["a"],"train_idx":[1]}})", "expected a whole number below 1"},
      {R"({"stimuli":{"filenames":["a"],"test_idx":[-1]}})", "test_idx holds -1"},
      {R"({"stimuli":{"filenames":["a"],"reps":[0.5]}})", "reps holds 0.5"}};
  for (const auto& [json, fragment] : rows) {
    CAPTURE(json);
    write_known(folder / "m", json);
    const Model model(folder / "m");
    CHECK_THROWS_WITH(model.metadata(1), contains(fragment));
    CHECK_THROWS_WITH(model.metadata(1), contains((folder / "m").string()));
  }
}

TEST_CASE("a header that is wrong about its metadata is refused") {
  const TemporaryFolder folder;
  write_known(folder / "m", "{}");
  const std::string good = read_text(folder / "m");
  const std::string key = R"("subject_metadata":"sub-02_THINGS=2")";
  const auto with = [&](const std::string& value) {
    const auto length = load_le<std::uint64_t>(good.data());
    return assemble(replaced(good.substr(8, length), key, value), good.substr(8 + length));
  };
  check_refused(with(R"("other":"")"), "\"subject_metadata\" is missing");
  check_refused(with(R"("subject_metadata":"")"), "expected at least one subject");
  for (const char* value : {"sub-02_THINGS", "sub-02_THINGS=0", "sub-02_THINGS=33554433",
                            "sub-03_THINGS=2", "sub-02_THINGS=2,sub-02_THINGS=2"}) {
    check_refused(with("\"subject_metadata\":\"" + std::string(value) + "\""),
                  "expected subjects of this model in its order");
  }
  check_refused(with(R"("subject_metadata":"sub-02_THINGS=3")"), "expected U8 [1,3]");
  check_refused(with(R"("subject_metadata":"sub-01_NSD=2,sub-02_THINGS=2")"),
                "\"subject.sub-01_NSD.noise_ceilings\" is missing");
}
