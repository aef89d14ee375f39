#include <cstdint>

#include "engine/base/error.h"
#include "engine/base/file.h"
#include "engine/model/writer.h"
#include "tests/model/fixture.h"
#include "tests/support/catch.h"
#include "tests/support/temporary.h"

using namespace corticast;
using namespace corticast::test;

namespace {

bool holds(const float* found, std::size_t tensor, std::size_t count) {
  return std::vector<float>(found, found + count) == weights(tensor, count);
}

bool aligned(const void* address) {
  return reinterpret_cast<std::uintptr_t>(address) % 64 == 0;
}

void check_weights(const Model& model) {
  const auto c = static_cast<std::size_t>(model.info().channels);
  const std::vector<CoreLayer> core = model.verified_core();
  REQUIRE(core.size() == 8);
  std::size_t tensor = 0;
  for (std::size_t b = 0; b < 8; ++b) {
    const std::size_t in_channels = b == 0 ? 3 : c;
    const std::size_t kernel = b < 2 ? 5 : 3;
    CHECK(core[b].in_channels == static_cast<int>(in_channels));
    CHECK(core[b].out_channels == static_cast<int>(c));
    CHECK(core[b].block.kernel == static_cast<int>(kernel));
    CHECK(holds(core[b].weight, tensor++, c * in_channels * kernel * kernel));
    CHECK(holds(core[b].bias, tensor++, c));
    CHECK((aligned(core[b].weight) && aligned(core[b].bias)));
  }
  for (std::size_t r = 0; r < model.info().readouts(); ++r) {
    const Readout readout = model.verified_readout(r, all_rows(model.info()));
    CHECK(holds(readout.spatial, tensor++, model.info().vertices * 676));
    CHECK(holds(readout.features, tensor++, model.info().vertices * c));
    CHECK(holds(readout.bias, tensor++, model.info().vertices));
    CHECK((aligned(readout.spatial) && aligned(readout.features) && aligned(readout.bias)));
  }
}

}  // namespace

TEST_CASE("a model reads back as written, whatever its size") {
  const TemporaryFolder folder;
  for (const std::uint32_t vertices : {1u, 15u, 16u, 17u, 33u}) {
    for (const int channels : {1, 8, 24}) {
      for (const bool atlas : {false, true}) {
        const ModelInfo facts = small_facts(channels, vertices, atlas);
        CAPTURE(vertices, channels, atlas);
        const std::string hash = write_model(folder / "m", facts);
        const Model model(folder / "m");
        CHECK(model.path() == folder / "m");
        CHECK(model.info().model_id == "small");
        CHECK(model.info().model_hash == hash);
        CHECK(model.info().untrained);
        CHECK(model.info().multihead);
        CHECK(model.info().channels == channels);
        CHECK(model.info().vertices == vertices);
        CHECK(model.info().subjects == facts.subjects);
        CHECK(model.info().vertex_set == facts.vertex_set);
        CHECK(model.info().grayordinates == facts.grayordinates);
        CHECK(model.info().has_atlas() == atlas);
        CHECK(model.info().preprocessing == "a recipe");
        CHECK(model.info().provenance.source_file == "small.pth");
        CHECK(model.info().provenance.source_sha256 == std::string(64, 'a'));
        CHECK(model.info().provenance.converter == "a test 1.0");
        CHECK(model.info().provenance.note == "a note");
        check_weights(model);
      }
    }
  }
}

TEST_CASE("a singlehead model has one readout, with or without a known subject") {
  const TemporaryFolder folder;
  ModelInfo facts = small_facts(3, 17, true);
  facts.multihead = false;
  for (const char* subject : {"", "deeprecon-03"}) {
    facts.subjects.clear();
    if (*subject != '\0') facts.subjects.push_back(*parse_subject(subject));
    write_model(folder / "m", facts);
    const Model model(folder / "m");
    CHECK_FALSE(model.info().multihead);
    CHECK(model.info().subjects == facts.subjects);
    CHECK(model.info().readouts() == 1);
    check_weights(model);
  }
}

TEST_CASE("the same model gives the same bytes, however its rows are handed over") {
  const TemporaryFolder folder;
  const ModelInfo facts = small_facts(2, 33, true);
  const std::string hash = write_model(folder / "a", facts, 1);
  const std::string bytes = read_text(folder / "a");
  for (const std::size_t piece : {1u, 7u, 16u, 17u, 100u}) {
    CHECK(write_model(folder / "b", facts, piece) == hash);
    CHECK(read_text(folder / "b") == bytes);
  }
}

TEST_CASE("the model hash names the weights, not the words around them") {
  const TemporaryFolder folder;
  const ModelInfo facts = small_facts(2, 17, true);
  const std::string hash = write_model(folder / "m", facts);
  ModelInfo other = facts;
  other.provenance.note = "another note";
  other.model_id = "another name";
  CHECK(write_model(folder / "m", other) == hash);
  other.grayordinates.back() += 1;
  CHECK(write_model(folder / "m", other) != hash);
  other = facts;
  other.subjects[1] = *parse_subject("THINGS-03");
  CHECK(write_model(folder / "m", other) != hash);
}

TEST_CASE("metadata that a header cannot hold are replaced by question marks") {
  const TemporaryFolder folder;
  ModelInfo facts = small_facts(1, 1, false);
  facts.provenance.source_file = "mod\xE8le\n.pth";  // Latin-1 and a line break
  facts.provenance.note = "na\xC3\xAFve \"quoted\" \\ text";
  write_model(folder / "m", facts);
  CHECK(Model(folder / "m").info().provenance.source_file == "mod?le?.pth");
  CHECK(Model(folder / "m").info().provenance.note == "na\xC3\xAFve \"quoted\" \\ text");
}

TEST_CASE("calls out of order are errors and leave no file") {
  const TemporaryFolder folder;
  const ModelInfo facts = small_facts(2, 17, false);
  {
    ModelWriter writer(folder / "m", facts);
    CHECK_THROWS_WITH(writer.spatial_rows(weights(0, 676)),
                      contains("expected core.block1.weight"));
  }
  {
    ModelWriter writer(folder / "m", facts);
    CHECK_THROWS_WITH(writer.core_layer(weights(0, 149), weights(0, 2)),
                      contains("expected core.block1.weight"));
  }
  {
    ModelWriter writer(folder / "m", facts);
    CHECK_THROWS_WITH(writer.core_layer(weights(0, 151), weights(0, 2)),
                      contains("604 bytes given, expected 600"));
  }
  {
    ModelWriter writer(folder / "m", facts);
    writer.core_layer(weights(0, 150), weights(0, 2));
    CHECK_THROWS_WITH(writer.bias_rows(weights(0, 2)), contains("expected core.block2.weight"));
    CHECK_THROWS_WITH(writer.finish(), contains("core.block2.weight is incomplete"));
  }
  ModelInfo wrong = facts;
  wrong.vertex_set = "visual";
  CHECK_THROWS_WITH(ModelWriter(folder / "m", wrong), contains("0 grayordinates for 17 vertices"));
  wrong = facts;
  wrong.vertex_set = "some";
  wrong.grayordinates = small_facts(2, 17, true).grayordinates;
  CHECK_THROWS_WITH(ModelWriter(folder / "m", wrong), contains("expected all, visual or none"));
  CHECK(std::filesystem::is_empty(folder.path()));
}

TEST_CASE("a damaged row is an error for those who read it and nobody else") {
  const TemporaryFolder folder;
  const ModelInfo facts = small_facts(2, 40, false);
  write_model(folder / "m", facts);
  std::string bytes = read_text(folder / "m");
  const std::vector<float> rows = weights(16, 17 * 676);  // spatial rows of NSD-01 up to row 16
  const std::string written(static_cast<const char*>(static_cast<const void*>(rows.data())),
                            rows.size() * sizeof(float));
  const std::size_t start = bytes.find(written);
  REQUIRE(start != std::string::npos);
  const std::size_t at = start + 16 * 676 * sizeof(float);
  bytes[at + 100] = static_cast<char>(bytes[at + 100] ^ 4);
  write_text(folder / "m", bytes);

  const Model model(folder / "m");
  CHECK_NOTHROW(model.verified_core());
  const std::vector<std::uint32_t> others = {39, 0, 15, 32, 0};
  const std::vector<std::uint32_t> neighbour = {0, 31};
  CHECK_NOTHROW(model.verified_readout(0, others));
  CHECK_NOTHROW(model.verified_readout(1, neighbour));
  CHECK_THROWS_WITH(model.verified_readout(0, neighbour),
                    contains("readout.sub-01_NSD.spatial (rows from 16) does not match"));
}

TEST_CASE("a readout or a row that the model has not is a bug of the caller") {
  const TemporaryFolder folder;
  write_model(folder / "m", small_facts(1, 17, false));
  const Model model(folder / "m");
  const std::vector<std::uint32_t> beyond = {17};
  CHECK_THROWS_WITH(model.verified_readout(2, {}), contains("readout 2 of 2"));
  CHECK_THROWS_WITH(model.verified_readout(0, beyond), contains("row 17 of 17"));
}
