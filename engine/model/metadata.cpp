// ModelInfo to the header's metadata and back.
#include <algorithm>

#include "engine/base/error.h"
#include "engine/base/text.h"
#include "engine/model/format.h"

namespace corticast::format {
namespace {

using safetensors::in_quotes;
using safetensors::Metadata;
using safetensors::refuse;

constexpr const char* kFormat = "corticast-model";
constexpr const char* kFamily = "cnn8";

// What a header can hold: file names may be any bytes.
std::string storable(const std::string& text) {
  const bool utf8 = is_utf8(text);
  std::string clean = text;
  for (char& c : clean) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x20 || byte == 0x7F || (byte >= 0x80 && !utf8)) c = '?';
  }
  return clean;
}

const std::string& required(const Metadata& metadata, const char* key, const std::string& name) {
  const auto found = metadata.find(key);
  if (found == metadata.end()) refuse(name, std::string("the metadata \"") + key + "\" is missing");
  return found->second;
}

[[noreturn]] void refuse_value(const Metadata& metadata, const char* key,
                               const std::string& expected, const std::string& name) {
  refuse(name, std::string(key) + " is " + in_quotes(required(metadata, key, name)) +
                   ", expected " + expected);
}

bool is_one(const Metadata& metadata, const char* key, const char* one, const char* other,
            const std::string& name) {
  const std::string& value = required(metadata, key, name);
  if (value != one && value != other) {
    refuse_value(metadata, key, std::string(one) + " or " + other, name);
  }
  return value == one;
}

unsigned number(const Metadata& metadata, const char* key, unsigned most, const std::string& name) {
  unsigned value = 0;
  if (!parse_number(required(metadata, key, name), value) || value < 1 || value > most) {
    refuse_value(metadata, key, "a number from 1 to " + std::to_string(most), name);
  }
  return value;
}

std::string digest(const Metadata& metadata, const char* key, bool may_be_empty,
                   const std::string& name) {
  const std::string& value = required(metadata, key, name);
  const bool hex = std::all_of(value.begin(), value.end(), [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
  });
  if (!hex || (value.size() != 64 && !(may_be_empty && value.empty()))) {
    refuse_value(metadata, key, "64 lower-case hex digits", name);
  }
  return value;
}

std::vector<Subject> subjects(const Metadata& metadata, bool multihead, const std::string& name) {
  std::vector<Subject> list;
  for (const std::string& key : split_list(required(metadata, "subjects", name))) {
    const auto subject = parse_subject(key);
    if (!subject || subject->key() != key) refuse(name, "unknown subject " + in_quotes(key));
    if (std::find(list.begin(), list.end(), *subject) != list.end()) {
      refuse(name, "subject " + in_quotes(key) + " is listed twice");
    }
    list.push_back(*subject);
  }
  if (multihead ? list.empty() : list.size() > 1) {
    refuse(name, std::to_string(list.size()) + " subjects in a " +
                     (multihead ? "multihead model, expected at least 1"
                                : "singlehead model, expected at most 1"));
  }
  return list;
}

// Of one of the readouts: its subject's key, or "readout".
std::string metadata_key(const ModelInfo& info, std::size_t readout) {
  return info.multihead ? info.subjects[readout].key() : "readout";
}

// "sub-01_NSD=812,sub-03_NSD=790", in the order of the readouts.
std::vector<std::uint64_t> metadata_bytes(const Metadata& metadata, const ModelInfo& info,
                                          const std::string& name) {
  constexpr const char* kKey = "subject_metadata";
  std::vector<std::uint64_t> bytes(info.readouts());
  std::size_t next = 0;
  std::size_t found = 0;
  for (const std::string& item : split_list(required(metadata, kKey, name))) {
    const std::size_t equals = item.find('=');
    const std::string key = item.substr(0, equals);
    while (next < bytes.size() && metadata_key(info, next) != key) ++next;
    unsigned size = 0;
    if (equals == std::string::npos || next == bytes.size() ||
        !parse_number(item.substr(equals + 1), size) || size == 0 || size > kMaxMetadataBytes) {
      refuse_value(metadata, kKey,
                   "subjects of this model in its order, each with 1 to " +
                       std::to_string(kMaxMetadataBytes) + " bytes",
                   name);
    }
    bytes[next++] = size;
    ++found;
  }
  if (found == 0) refuse_value(metadata, kKey, "at least one subject", name);
  return bytes;
}

std::string in_words(const ModelInfo& info) {
  std::string text;
  for (std::size_t i = 0; i < info.readouts(); ++i) {
    if (!info.has_metadata(i)) continue;
    text += (text.empty() ? "" : ",") + metadata_key(info, i) + "=" +
            std::to_string(info.metadata_bytes[i]);
  }
  return text;
}

}  // namespace

void check_version(const Metadata& metadata, const std::string& name) {
  const auto format = metadata.find("format");
  if (format == metadata.end() || format->second != kFormat) {
    refuse(name, "a safetensors file, but not a corticast model",
           "Model files are written by 'corticast-weights convert'.");
  }
  const unsigned version = number(metadata, "format_version", 1'000'000, name);
  if (version > kVersion) {
    refuse(name,
           "format version " + std::to_string(version) + " needs a newer corticast; this one (" +
               CORTICAST_VERSION + ") reads versions up to " + std::to_string(kVersion),
           "Update corticast, or convert the checkpoint again with this version.");
  }
}

std::vector<std::pair<std::string, std::string>> to_metadata(const ModelInfo& info) {
  std::string keys;
  for (const Subject& subject : info.subjects) keys += (keys.empty() ? "" : ",") + subject.key();
  const std::string known = in_words(info);
  std::vector<std::pair<std::string, std::string>> metadata = {
      {"format", kFormat},
      {"format_version", known.empty() ? "1" : "2"},
      {"family", kFamily},
      {"model_id", info.model_id},
      {"model_hash", info.model_hash},
      {"untrained", info.untrained ? "true" : "false"},
      {"head", info.multihead ? "multihead" : "singlehead"},
      {"channels", std::to_string(info.channels)},
      {"vertices", std::to_string(info.vertices)},
      {"vertex_set", info.vertex_set},
      {"subjects", keys},
      {"preprocessing", info.preprocessing},
      {"source_file", info.provenance.source_file},
      {"source_sha256", info.provenance.source_sha256},
      {"converter", info.provenance.converter},
      {"note", info.provenance.note},
  };
  if (!known.empty()) metadata.emplace_back("subject_metadata", known);
  for (auto& [key, value] : metadata) value = storable(value);
  return metadata;
}

ModelInfo from_metadata(const Metadata& metadata, const std::string& name) {
  if (required(metadata, "family", name) != kFamily) {
    refuse_value(metadata, "family", kFamily, name);
  }
  ModelInfo info;
  info.model_id = required(metadata, "model_id", name);
  info.model_hash = digest(metadata, "model_hash", false, name);
  info.untrained = is_one(metadata, "untrained", "true", "false", name);
  info.multihead = is_one(metadata, "head", "multihead", "singlehead", name);
  info.channels = static_cast<int>(number(metadata, "channels", kMaxChannels, name));
  info.vertices = number(metadata, "vertices", kMaxVertices, name);
  info.subjects = subjects(metadata, info.multihead, name);
  info.vertex_set = required(metadata, "vertex_set", name);
  if (info.vertex_set != "all" && info.vertex_set != "visual" && info.vertex_set != "none") {
    refuse_value(metadata, "vertex_set", "all, visual or none", name);
  }
  if (info.vertex_set != "none" && info.vertices > kCorticalGrayordinates) {
    refuse(name, std::to_string(info.vertices) + " vertices, but the cortex has " +
                     std::to_string(kCorticalGrayordinates) + " grayordinates");
  }
  info.preprocessing = required(metadata, "preprocessing", name);
  info.provenance = {required(metadata, "source_file", name),
                     digest(metadata, "source_sha256", true, name),
                     required(metadata, "converter", name), required(metadata, "note", name)};
  if (number(metadata, "format_version", kVersion, name) >= 2) {
    info.metadata_bytes = metadata_bytes(metadata, info, name);
  }
  return info;
}

}  // namespace corticast::format
