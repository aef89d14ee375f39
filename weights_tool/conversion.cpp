#include "weights_tool/conversion.h"

#include <algorithm>
#include <vector>

#include "engine/model/format.h"
#include "engine/model/writer.h"
#include "weights_tool/checkpoint/cnn8_state.h"
#include "weights_tool/checkpoint/fold.h"
#include "weights_tool/published_name.h"
#include "weights_tool/vertex_columns.h"

namespace corticast::weights {
namespace {

constexpr std::uint64_t kPieceItems = std::uint64_t{1} << 18;  // 1 MiB of float32 at a time

// Who a singlehead model belongs to: as given, else as its file name says, else nobody knows.
std::vector<Subject> singlehead_subject(const std::optional<PublishedName>& name,
                                        const std::optional<Subject>& given) {
  if (name && name->subject && given && !(*given == *name->subject)) {
    throw Error(ErrorCode::kUsage,
                "--subject " + given->canonical() + " contradicts the file name, which says " +
                    name->subject->canonical(),
                "Leave --subject out, or rename the file.");
  }
  if (given) return {*given};
  if (name && name->subject) return {*name->subject};
  return {};
}

ModelInfo describe(const Cnn8State& state, const std::filesystem::path& source,
                   const std::optional<Subject>& subject) {
  const std::optional<PublishedName> name = parse_published_name(source);
  ModelInfo info;
  info.multihead = state.multihead;
  info.channels = state.channels;
  info.vertices = state.vertices;
  if (state.multihead) {
    if (subject) {
      throw Error(ErrorCode::kUsage,
                  source.string() + ": --subject is for singlehead files; this multihead file " +
                      "names its " + std::to_string(state.heads.size()) + " subjects itself",
                  "Leave --subject out; choose subjects when encoding.");
    }
    for (const HeadTensors& head : state.heads) {
      if (head.subject) info.subjects.push_back(*head.subject);
    }
  } else {
    info.subjects = singlehead_subject(name, subject);
  }
  info.grayordinates = grayordinates_for(state.vertices);
  info.vertex_set = info.grayordinates.empty() ? "none" : vertex_set_for(state.vertices);
  // A published name that the contents contradict is just a name.
  const bool published = name && name->multihead == state.multihead &&
                         name->vertices == vertex_set_for(state.vertices);
  info.model_id = published ? name->model_id() : source.stem().string();
  info.preprocessing = format::kPreprocessing;
  info.provenance.source_file = source.filename().string();
  info.provenance.converter = std::string("corticast-weights ") + CORTICAST_VERSION;
  return info;
}

// Streams whole rows of `tensor` through `write` in pieces of about 1 MiB.
template <typename Write>
void stream_rows(const Checkpoint& checkpoint, const Tensor& tensor, std::vector<float>& buffer,
                 const Write& write) {
  const std::uint64_t row = tensor.row_items();
  const std::uint64_t rows_at_once =
      std::max<std::uint64_t>(1, kPieceItems / std::max<std::uint64_t>(1, row));
  buffer.resize(std::min(rows_at_once, tensor.rows()) * row);
  for (std::uint64_t done = 0; done < tensor.rows();) {
    const std::uint64_t rows = std::min(rows_at_once, tensor.rows() - done);
    const std::span<float> piece = std::span(buffer).first(rows * row);
    checkpoint.read(tensor, done * row, piece);
    write(piece);
    done += rows;
  }
}

void write_head(const Checkpoint& checkpoint, const HeadTensors& head, ModelWriter& writer,
                std::vector<float>& buffer) {
  stream_rows(checkpoint, *head.spatial, buffer, [&](std::span<float> masks) {
    for (std::size_t at = 0; at < masks.size(); at += cnn8::kPositions) {
      normalise_mask(masks.subspan(at, cnn8::kPositions));
    }
    writer.spatial_rows(masks);
  });
  stream_rows(checkpoint, *head.features, buffer,
              [&](std::span<const float> rows) { writer.feature_rows(rows); });
  stream_rows(checkpoint, *head.bias, buffer,
              [&](std::span<const float> rows) { writer.bias_rows(rows); });
}

}  // namespace

ModelInfo convert_checkpoint(const Checkpoint& checkpoint, const std::filesystem::path& source,
                             const std::filesystem::path& destination,
                             const std::optional<Subject>& subject, const Progress& progress) {
  const Cnn8State state = find_cnn8(checkpoint);
  ModelInfo info = describe(state, source, subject);
  progress("checksum of the checkpoint");
  info.provenance.source_sha256 = checkpoint.sha256();
  ModelWriter writer(destination, info);
  progress("core");
  for (const BlockTensors& block : state.blocks) {
    const FoldedBlock folded = fold_block(checkpoint, block);
    writer.core_layer(folded.weight, folded.bias);
  }
  std::vector<float> buffer;
  for (std::size_t h = 0; h < state.heads.size(); ++h) {
    const std::string who = h < info.subjects.size() ? info.subjects[h].canonical() : "readout";
    progress(who + " (" + std::to_string(h + 1) + " of " + std::to_string(state.heads.size()) +
             ")");
    write_head(checkpoint, state.heads[h], writer, buffer);
  }
  info.model_hash = writer.finish();
  return info;
}

}  // namespace corticast::weights
