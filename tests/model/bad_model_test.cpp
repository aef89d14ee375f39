// Well-formed safetensors files that are no valid models, one for each rule of the model.
#include <cstdint>
#include <cstring>
#include <functional>

#include "tests/model/broken_file.h"
#include "tests/support/catch.h"
#include "tests/support/temporary.h"

using namespace corticast;
using namespace corticast::test;

namespace {

struct BadModel {
  const char* name;
  const char* fragment;  // of the message
  std::function<void(Parts&)> change;
};

std::function<void(Parts&)> says(const char* key, const std::string& value) {
  return [=](Parts& parts) { parts.metadata()[key] = value; };
}

void set_grayordinates(Parts& parts, std::int32_t first, std::int32_t second) {
  const std::int32_t values[] = {first, second};
  std::memcpy(parts.data.data() + parts.begin("grayordinates"), values, sizeof(values));
  reseal(parts, "grayordinates");
}

void rename(Parts& parts, const std::string& from, const std::string& to) {
  parts.header = Json::parse(replaced(parts.header.dump(), '"' + from + '"', '"' + to + '"'));
}

void swap_places(Parts& parts, const std::string& a, const std::string& b) {
  std::swap(parts.header[a]["data_offsets"], parts.header[b]["data_offsets"]);
}

const BadModel kBadModels[] = {
    {"NO_FORMAT", "not a corticast model", [](Parts& p) { p.metadata().erase("format"); }},
    {"WRONG_FORMAT", "not a corticast model", says("format", "pt")},
    {"VERSION_FUTURE", "format version 3 needs a newer corticast; this one",
     says("format_version", "3")},
    {"VERSION_FUTURE_WITH_NEW_RULES", "format version 3 needs a newer corticast",
     [](Parts& p) {
       p.metadata()["format_version"] = "3";
       p.metadata().erase("channels");
       p.header["core.block1.bias"]["dtype"] = "BF16";
     }},
    {"VERSION_ZERO", "format_version is \"0\"", says("format_version", "0")},
    {"VERSION_NOT_A_NUMBER", "format_version is \"1.0\"", says("format_version", "1.0")},
    {"WRONG_FAMILY", "family is \"resnet\", expected cnn8", says("family", "resnet")},
    {"MODEL_HASH_SHORT", "model_hash is \"abc\"", says("model_hash", "abc")},
    {"MODEL_HASH_NOT_HEX", "expected 64 lower-case hex digits",
     says("model_hash", std::string(64, 'G'))},
    {"SOURCE_HASH_NOT_HEX", "source_sha256 is", says("source_sha256", "x")},
    {"UNTRAINED_NOT_BOOLEAN", "untrained is \"maybe\", expected true or false",
     says("untrained", "maybe")},
    {"UNKNOWN_HEAD", "head is \"twohead\"", says("head", "twohead")},
    {"CHANNELS_ZERO", "channels is \"0\", expected a number from 1", says("channels", "0")},
    {"CHANNELS_NEGATIVE", "channels is \"-8\"", says("channels", "-8")},
    {"CHANNELS_NOT_A_NUMBER", "channels is \"1 \"", says("channels", "1 ")},
    {"CHANNELS_TOO_MANY", "channels is \"65537\"", says("channels", "65537")},
    {"VERTICES_ZERO", "vertices is \"0\"", says("vertices", "0")},
    {"VERTICES_WRAP", "vertices is \"4294967298\"", says("vertices", "4294967298")},
    {"VERTICES_BEYOND_CORTEX", "59413 vertices, but the cortex has 59412",
     says("vertices", "59413")},
    {"UNKNOWN_VERTEX_SET", "vertex_set is \"some\"", says("vertex_set", "some")},
    {"UNKNOWN_SUBJECT", "unknown subject \"sub-09_NSD\"",
     says("subjects", "sub-01_NSD,sub-09_NSD")},
    {"SUBJECT_IN_ANOTHER_SPELLING", "unknown subject \"NSD-01\"", says("subjects", "NSD-01")},
    {"DUPLICATE_SUBJECT", "subject \"sub-01_NSD\" is listed twice",
     says("subjects", "sub-01_NSD,sub-02_THINGS,sub-01_NSD")},
    {"NO_SUBJECT", "0 subjects in a multihead model", says("subjects", "")},
    {"SINGLEHEAD_WITH_TWO_SUBJECTS", "2 subjects in a singlehead model",
     says("head", "singlehead")},
    {"SUBJECT_WITHOUT_READOUT", "subject NSD-02 has no readout",
     says("subjects", "sub-01_NSD,sub-02_THINGS,sub-02_NSD")},
    {"READOUT_WITHOUT_SUBJECT", "unknown tensor \"readout.sub-02_THINGS",
     says("subjects", "sub-01_NSD")},
    {"READOUTS_IN_ANOTHER_ORDER", "not in the order of this format",
     says("subjects", "sub-02_THINGS,sub-01_NSD")},
    {"EXTRA_TENSOR", "unknown tensor \"extra\"",
     [](Parts& p) {
       p.header["extra"] = {
           {"dtype", "U8"}, {"shape", {8}}, {"data_offsets", {p.data.size(), p.data.size() + 8}}};
       p.data += std::string(8, '\0');
     }},
    {"EXTRA_EMPTY_TENSOR", "unknown tensor \"extra\"",
     [](Parts& p) {
       p.header["extra"] = {{"dtype", "U8"}, {"shape", {0}}, {"data_offsets", {0, 0}}};
     }},
    {"UNKNOWN_NAME", "unknown tensor \"core.block9.bias\"",
     [](Parts& p) { rename(p, "core.block8.bias", "core.block9.bias"); }},
    {"NAME_WITH_CONTROL_CHARACTER", "unknown tensor \"\\u001b[2J\"",
     [](Parts& p) { rename(p, "core.block8.bias", "\\u001b[2J"); }},
    {"MISSING_HEADER_CHECKSUM", "tensor \"checksum.header\" is missing",
     [](Parts& p) {
       p.header.erase("checksum.header");
       p.data.resize(p.data.size() - 8);
     }},
    {"ATLAS_WITHOUT_GRAYORDINATES", "tensor \"grayordinates\" is missing",
     [](Parts& p) {
       p.header.erase("grayordinates");
       p.header.erase("checksum.grayordinates");
       const std::size_t cut = p.begin("core.block1.weight");
       for (auto& [name, entry] : p.header.items()) {
         if (name == "__metadata__") continue;
         for (auto& offset : entry["data_offsets"]) offset = offset.get<std::size_t>() - cut;
       }
       p.data.erase(0, cut);
     }},
    {"GRAYORDINATES_WITHOUT_ATLAS", "unknown tensor \"grayordinates\"", says("vertex_set", "none")},
    {"TENSORS_SWAPPED", "not in the order of this format",
     [](Parts& p) { swap_places(p, "core.block1.bias", "core.block2.bias"); }},
    {"WRONG_CORE_SHAPE", "\"core.block3.weight\" is F32 [1,1,9,1], expected F32 [1,1,3,3]",
     [](Parts& p) {
       p.header["core.block3.weight"]["shape"] = {1, 1, 9, 1};
     }},
    {"WRONG_CHANNELS", "\"core.block1.weight\" is F32 [1,3,5,5], expected F32 [2,3,5,5]",
     says("channels", "2")},
    {"WRONG_VERTICES", "\"grayordinates\" is I32 [2], expected I32 [1]", says("vertices", "1")},
    {"WRONG_READOUT_SHAPE", "[676,2], expected F32 [2,676]",
     [](Parts& p) {
       p.header["readout.sub-01_NSD.spatial"]["shape"] = {676, 2};
     }},
    {"WRONG_DTYPE", "\"core.block1.bias\" is I32 [1], expected F32 [1]",
     [](Parts& p) { p.header["core.block1.bias"]["dtype"] = "I32"; }},
    {"CHECKSUMS_IN_ANOTHER_SHAPE", "expected U8 [60]",
     [](Parts& p) {
       p.header["checksum.core.block1.bias"]["shape"] = {30, 2};
     }},
    {"GRAYORDINATES_NOT_ASCENDING", "not ascending: 3 of vertex 1 follows 6",
     [](Parts& p) { set_grayordinates(p, 6, 3); }},
    {"GRAYORDINATE_TWICE", "not ascending: 6 of vertex 1 follows 6",
     [](Parts& p) { set_grayordinates(p, 6, 6); }},
    {"GRAYORDINATE_NEGATIVE", "grayordinate -1 of vertex 0",
     [](Parts& p) { set_grayordinates(p, -1, 6); }},
    {"GRAYORDINATE_SUBCORTICAL", "grayordinate 59412 of vertex 1, expected 0 to 59411",
     [](Parts& p) { set_grayordinates(p, 6, 59412); }},
    {"GRAYORDINATES_DAMAGED", "grayordinates does not match its checksum",
     [](Parts& p) { p.data[p.begin("grayordinates")] = 1; }},
};

}  // namespace

TEST_CASE("each breach of the model's rules is refused by name") {
  for (const BadModel& bad : kBadModels) {
    CAPTURE(bad.name);
    Parts parts = good_parts();
    bad.change(parts);
    check_refused(assemble(parts), bad.fragment);
  }
}

TEST_CASE("every metadata key of the format is required") {
  for (const char* key : {"family", "model_id", "model_hash", "untrained", "head", "channels",
                          "vertices", "vertex_set", "subjects", "preprocessing", "source_file",
                          "source_sha256", "converter", "note"}) {
    Parts parts = good_parts();
    parts.metadata().erase(key);
    check_refused(assemble(parts), "the metadata \"" + std::string(key) + "\" is missing");
  }
}

TEST_CASE("a header that does not match its checksum is refused: BAD_HEADER_HASH") {
  check_refused(replaced(good_file(), "a note", "a nose"),
                "the header does not match its checksum");
  std::string file = good_file();
  file.back() = static_cast<char>(file.back() ^ 1);
  check_refused(file, "the header does not match its checksum");
}

TEST_CASE("metadata keys of later corticasts are ignored") {
  const TemporaryFolder folder;
  Parts parts = good_parts();
  parts.metadata()["licence"] = "unknown to this version";
  write_text(folder / "m", assemble(parts));
  CHECK_NOTHROW(Model(folder / "m"));
}
