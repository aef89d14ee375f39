// Hand-broken files, one for each rule of the container.
#include <cstdint>
#include <cstring>
#include <functional>

#include "tests/model/broken_file.h"
#include "tests/support/catch.h"

using namespace corticast;
using namespace corticast::test;

namespace {

struct BadFile {
  const char* name;
  const char* fragment;  // of the message
  std::function<std::string()> make;
};

// The good file with the header parsed, changed and written back.
std::string with(const std::function<void(Parts&)>& change) {
  Parts parts = good_parts();
  change(parts);
  return assemble(parts);
}

std::string with_text(const std::string& from, const std::string& to) {
  const Parts parts = good_parts();
  return assemble(replaced(parts.header.dump(), from, to), parts.data);
}

std::string with_length(std::uint64_t length) {
  std::string file = good_file();
  std::memcpy(file.data(), &length, 8);
  return file;
}

const char* const kTensor = "core.block3.weight";  // [1,1,3,3], 36 bytes

std::string with_field(const char* field, const Json& value) {
  return with([&](Parts& parts) { parts.header[kTensor][field] = value; });
}

std::string with_offsets(std::int64_t begin_change, std::int64_t end_change) {
  return with([&](Parts& parts) {
    const auto begin = static_cast<std::int64_t>(parts.begin(kTensor));
    parts.header[kTensor]["data_offsets"] = {begin + begin_change, begin + 36 + end_change};
  });
}

// Renames kTensor.
std::string with_name(const std::string& name) {
  return with_text('"' + std::string(kTensor) + '"', '"' + name + '"');
}

std::string many_tensors() {
  std::string text = R"({"__metadata__":{"format":"corticast-model","format_version":"1"})";
  for (int i = 0; i <= 65'536; ++i) text += ",\"" + std::to_string(i) + "\":0";
  return assemble(text + "}", std::string(8, '\0'));
}

const BadFile kBadFiles[] = {
    {"EMPTY_FILE", "0 bytes, too short", [] { return std::string(); }},
    {"SHORT_FILE", "7 bytes, too short", [] { return good_file().substr(0, 7); }},
    {"HEADER_TOO_LONG", "header of 16777217 bytes, more than the limit of 16777216",
     [] { return with_length((16u << 20) + 1); }},
    {"HEADER_LENGTH_WRAPS", "header of 18446744073709551615 bytes",
     [] { return with_length(UINT64_MAX); }},
    {"HEADER_BEYOND_FILE", "the header ends at byte 16777216",
     [] { return with_length((16u << 20) - 8); }},
    {"PYTORCH_ZIP", "looks like a PyTorch checkpoint",
     [] { return "PK\x03\x04" + std::string(100, '\0'); }},
    {"PYTORCH_LEGACY", "looks like a PyTorch checkpoint",
     [] { return "\x80\x02\x8a" + std::string(100, '\0'); }},
    {"NOT_AN_OBJECT", "does not begin with '{'",
     [] { return assemble("[1]", std::string(8, '\0')); }},
    {"EMPTY_HEADER", "does not begin with '{'", [] { return with_length(0); }},
    {"MISALIGNED", "data begin at byte 71, not at a multiple of 64",
     [] {
       const std::uint64_t length = 63;
       std::string file(8, '\0');
       std::memcpy(file.data(), &length, 8);
       return file + "{}" + std::string(61, ' ') + std::string(8, '\0');
     }},
    {"BAD_JSON", "the header is not JSON", [] { return with_text("\"dtype\":", "\"dtype\""); }},
    {"TEXT_AFTER_JSON", "the header is not JSON",
     [] { return assemble(good_parts().header.dump() + "{}", good_parts().data); }},
    {"ZERO_BYTE_IN_HEADER", "a zero byte in the header",
     [] {
       return assemble(good_parts().header.dump() + std::string("\0junk", 5), good_parts().data);
     }},
    {"NAME_NOT_UTF8", "the header is not UTF-8", [] { return with_name("core\xFF"); }},
    {"NAME_LONE_SURROGATE", "the header is not JSON", [] { return with_name("core\\ud800"); }},
    {"NESTED_TOO_DEEPLY", "nested too deeply",
     [] { return with_field("shape", Json::parse("[[[[1]]]]")); }},
    {"DUPLICATE_NAME", "the key \"core.block3.weight\" twice",
     [] { return with_name("core.block3.weight\":{},\"core.block3.weight"); }},
    {"DUPLICATE_METADATA", "the key \"model_id\" twice",
     [] { return with_text("\"model_id\":", "\"model_id\":\"other\",\"model_id\":"); }},
    {"DUPLICATE_METADATA_OBJECT", "the key \"__metadata__\" twice",
     [] { return with_text("{\"__metadata__\":", "{\"__metadata__\":{},\"__metadata__\":"); }},
    {"DUPLICATE_FIELD", "the key \"dtype\" twice",
     [] { return with_text("\"dtype\":", "\"dtype\":\"U8\",\"dtype\":"); }},
    {"NO_METADATA", "the header has no metadata",
     [] { return with([](Parts& parts) { parts.header.erase("__metadata__"); }); }},
    {"METADATA_NOT_AN_OBJECT", "the header has no metadata",
     [] { return with([](Parts& parts) { parts.metadata() = "text"; }); }},
    {"METADATA_NOT_A_STRING", "the metadata \"channels\" is not a string",
     [] { return with([](Parts& parts) { parts.metadata()["channels"] = 1; }); }},
    {"METADATA_CONTROL_CHARACTER", "the metadata \"note\" holds a control character",
     [] { return with([](Parts& parts) { parts.metadata()["note"] = "\x1b[2J"; }); }},
    {"TOO_MANY_TENSORS", "65537 tensors, more than the limit of 65536", many_tensors},
    {"NAME_EMPTY", "a tensor name of 0 bytes", [] { return with_name(""); }},
    {"NAME_TOO_LONG", "a tensor name of 257 bytes",
     [] { return with_name(std::string(257, 'n')); }},
    {"TENSOR_NOT_AN_OBJECT", "\"core.block3.weight\" is not described by",
     [] { return with([](Parts& parts) { parts.header[kTensor] = 3; }); }},
    {"FIELD_MISSING", "is not described by",
     [] { return with([](Parts& parts) { parts.header[kTensor].erase("shape"); }); }},
    {"FIELD_EXTRA", "is not described by", [] { return with_field("strides", {1}); }},
    {"FIELD_RENAMED", "has no \"dtype\"", [] { return with_text("\"dtype\"", "\"type\""); }},
    {"UNKNOWN_DTYPE", "dtype \"F64\", expected F32, I32 or U8",
     [] { return with_field("dtype", "F64"); }},
    {"DTYPE_NOT_A_STRING", "dtype 32, expected", [] { return with_field("dtype", 32); }},
    {"RANK_9", "a shape of 9 dimensions",
     [] {
       return with_field("shape", {1, 1, 1, 1, 1, 1, 1, 1, 9});
     }},
    {"SHAPE_NOT_AN_ARRAY", "a shape of", [] { return with_field("shape", 9); }},
    {"SHAPE_PRODUCT_WRAPS", "the shape needs more than 2^64 bytes",
     [] {
       return with_field("shape", {1u << 31, 1u << 31, 1u << 2});
     }},
    {"SHAPE_NEGATIVE", "-1 is not a whole number",
     [] {
       return with_field("shape", {-1, -9});
     }},
    {"SHAPE_FRACTION", "9.0 is not a whole number", [] { return with_field("shape", {9.0}); }},
    {"SHAPE_BEYOND_64_BITS", "is not a whole number below 2^64",
     [] { return with_text("\"shape\":[1,1,3,3]", "\"shape\":[18446744073709551616]"); }},
    {"OFFSET_WRAPS", "data from 18446744073709551600 to 20",
     [] {
       return with_field("data_offsets", {18446744073709551600u, 20});
     }},
    {"OFFSET_BEYOND_FILE", "data from 0 to 18446744073709551615, the file holds",
     [] {
       return with_field("data_offsets", {0u, UINT64_MAX});
     }},
    {"OFFSET_NEGATIVE", "-4 is not a whole number",
     [] {
       return with_field("data_offsets", {-4, 32});
     }},
    {"OFFSETS_NOT_A_PAIR", "data_offsets is not a pair",
     [] {
       return with_field("data_offsets", {0, 36, 36});
     }},
    {"BYTES_DO_NOT_MATCH_SHAPE", "40 bytes in the file, its shape needs 36",
     [] { return with_offsets(0, 4); }},
    {"RANGES_OVERLAP", "overlapping data: tensor \"core.block3.weight\"",
     [] { return with_offsets(-4, -4); }},
    {"GAP", "a gap in the data: tensor \"core.block3.weight\"", [] { return with_offsets(4, 4); }},
    {"GAP_AT_START", "a gap in the data: tensor \"checksum.grayordinates\"",
     [] { return with([](Parts& parts) { parts.header.erase("grayordinates"); }); }},
    {"TRUNCATED_DATA", "\"checksum.header\": data from",
     [] { return good_file().substr(0, good_file().size() - 1); }},
    {"TRUNCATED_TO_HEADER", "the file holds 0",
     [] { return good_file().substr(0, good_file().size() - good_parts().data.size()); }},
    {"TRAILING_BYTES", "the tensors end at byte", [] { return good_file() + '\0'; }},
};

}  // namespace

TEST_CASE("a file put together again from its parts opens") {
  CHECK(assemble(good_parts()) == good_file());
}

TEST_CASE("each breach of the container's rules is refused by name") {
  for (const BadFile& bad : kBadFiles) {
    CAPTURE(bad.name);
    check_refused(bad.make(), bad.fragment);
  }
}
