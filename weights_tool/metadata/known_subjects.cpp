#include "weights_tool/metadata/known_subjects.h"

#include <algorithm>

#include "engine/base/text.h"
#include "engine/model/format.h"
#include "engine/model/subject_json.h"
#include "engine/model/writer.h"
#include "weights_tool/metadata/berg_metadata.h"

namespace corticast::weights {
namespace {

constexpr std::uint64_t kMostFileBytes = 256u << 20;

std::optional<Subject> subject_of(const std::filesystem::path& path, const ModelInfo& info) {
  const std::string stem = path.stem().string();
  if (const auto subject = parse_subject(stem)) return subject;
  constexpr std::string_view kFolder = "sub-";
  if (!stem.starts_with(kFolder)) return std::nullopt;
  const std::string number = stem.substr(kFolder.size());
  const std::string dataset =
      std::filesystem::absolute(path).lexically_normal().parent_path().filename().string();
  if (const auto subject = parse_subject(dataset + ":" + number)) return subject;
  const bool one = !info.subjects.empty() &&
                   std::all_of(info.subjects.begin(), info.subjects.end(), [&](const Subject& s) {
                     return s.dataset == info.subjects[0].dataset;
                   });
  if (!one) return std::nullopt;
  return parse_subject(std::string(info.subjects[0].dataset->short_name) + ":" + number);
}

std::size_t readout_of(const Subject& subject, const ModelInfo& info, const std::string& argument) {
  const auto found = std::find(info.subjects.begin(), info.subjects.end(), subject);
  if (found != info.subjects.end()) return static_cast<std::size_t>(found - info.subjects.begin());
  if (!info.multihead && info.subjects.empty()) return 0;
  std::string held;
  for (const Subject& other : info.subjects) held += (held.empty() ? "" : ", ") + other.canonical();
  throw Error(ErrorCode::kUsage,
              argument + ": of " + subject.canonical() + ", whom the model does not hold",
              "It holds " + held + ".");
}

// Checks all blocks of a tensor, `rows` at a time, and hands them to `write`.
void copy_rows(const ModelFile& file, const std::string& name,
               const std::function<void(std::span<const float>)>& write) {
  constexpr std::uint64_t kBlocksAtOnce = 64;
  const BlockTensor tensor = file.tensor(name);
  for (std::uint64_t first = 0; first < tensor.blocks(); first += kBlocksAtOnce) {
    const std::uint64_t last = std::min(first + kBlocksAtOnce, tensor.blocks());
    for (std::uint64_t block = first; block < last; ++block) {
      if (!tensor.intact(block)) refuse_damaged(file.path(), name);
    }
    const ByteSpan bytes = tensor.bytes(first, last);
    const float* const begin = tensor.floats() + (bytes.data() - tensor.bytes(0, 1).data()) /
                                                     static_cast<std::ptrdiff_t>(sizeof(float));
    write({begin, bytes.size() / sizeof(float)});
    file.map().forget(bytes);
  }
}

std::vector<float> verified_floats(const ModelFile& file, const std::string& name) {
  std::vector<float> values;
  copy_rows(file, name, [&](std::span<const float> rows) {
    values.insert(values.end(), rows.begin(), rows.end());
  });
  return values;
}

std::string verified_text(const ModelFile& file, const std::string& name) {
  const BlockTensor tensor = file.tensor(name);
  if (!tensor.intact(0)) refuse_damaged(file.path(), name);
  return std::string(tensor.text());
}

void copy_weights(const ModelFile& file, ModelWriter& writer) {
  for (std::size_t b = 0; b < cnn8::kBlocks.size(); ++b) {
    const std::string block = "core.block" + std::to_string(b + 1);
    writer.core_layer(verified_floats(file, block + ".weight"),
                      verified_floats(file, block + ".bias"));
  }
  for (std::size_t i = 0; i < file.info().readouts(); ++i) {
    const std::string readout = format::readout_name(file.info(), i);
    copy_rows(file, readout + ".spatial",
              [&](std::span<const float> rows) { writer.spatial_rows(rows); });
    copy_rows(file, readout + ".features",
              [&](std::span<const float> rows) { writer.feature_rows(rows); });
    copy_rows(file, readout + ".bias",
              [&](std::span<const float> rows) { writer.bias_rows(rows); });
  }
}

}  // namespace

MetadataFile assign_metadata(const std::string& argument, const ModelInfo& info) {
  const std::size_t equals = argument.find('=');
  if (equals != std::string::npos && !is_taken(argument)) {
    const auto subject = parse_subject(argument.substr(0, equals));
    if (!subject) {
      throw Error(ErrorCode::kUsage,
                  argument + ": '" + argument.substr(0, equals) + "' is no known subject",
                  "Write it like NSD-05=FILE.npy.");
    }
    return {argument.substr(equals + 1), readout_of(*subject, info, argument)};
  }
  if (const auto subject = subject_of(argument, info)) {
    return {argument, readout_of(*subject, info, argument)};
  }
  if (info.readouts() == 1) return {argument, 0};
  throw Error(ErrorCode::kUsage, argument + ": its name does not say whose metadata it holds",
              "Name it as BERG does, NSD/sub-01.npy, or write NSD-01=" + argument + ".");
}

KnownSubject import_metadata(
    const std::filesystem::path& path,
    const std::function<void(const std::vector<std::string>& ignored)>& report) {
  const std::vector<std::byte> bytes = read_file(path, kMostFileBytes, ErrorCode::kModel);
  const BergMetadata found = read_berg_metadata(bytes, path.string());
  KnownSubject known = {subject_json(found.metadata), found.ceilings};
  if (known.json.size() > format::kMaxMetadataBytes) {
    throw Error(ErrorCode::kModel, path.string() + ": " + grouped(known.json.size()) +
                                       " bytes of lists and facts, at most " +
                                       grouped(format::kMaxMetadataBytes) + " are kept");
  }
  report(found.ignored);
  return known;
}

std::string write_with_metadata(const ModelFile& file, const std::filesystem::path& destination,
                                const std::vector<KnownSubject>& known) {
  if (!file.header_intact()) refuse_damaged(file.path(), "the header");
  ModelInfo info = file.info();
  info.grayordinates = file.verified_grayordinates();
  info.metadata_bytes.resize(info.readouts());
  for (std::size_t i = 0; i < info.readouts(); ++i) {
    if (!known[i].json.empty()) info.metadata_bytes[i] = known[i].json.size();
  }
  ModelWriter writer(destination, info);
  copy_weights(file, writer);
  for (std::size_t i = 0; i < info.readouts(); ++i) {
    if (!known[i].json.empty()) {
      writer.subject_metadata(*known[i].ceilings, known[i].json);
    } else if (info.has_metadata(i)) {
      const std::string subject = format::subject_name(info, i);
      writer.subject_metadata(verified_floats(file, subject + ".noise_ceilings"),
                              verified_text(file, subject + ".json"));
    }
  }
  return writer.finish();
}

}  // namespace corticast::weights
