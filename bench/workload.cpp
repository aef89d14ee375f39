#include "bench/workload.h"

#include <algorithm>

#include "bench/photographs.h"
#include "engine/atlas/resolve.h"
#include "engine/atlas/vertices.h"
#include "engine/base/error.h"
#include "engine/base/text.h"
#include "engine/model/format.h"
#include "engine/model/synthetic.h"

namespace corticast::bench {
namespace {

constexpr std::size_t kPhotographs = 16;

// Subjects, or the short name of a dataset for all of its subjects.
std::vector<Subject> synthetic_subjects(const std::string& text) {
  std::vector<Subject> subjects;
  const auto add = [&](const Subject& subject) {
    if (std::find(subjects.begin(), subjects.end(), subject) == subjects.end()) {
      subjects.push_back(subject);
    }
  };
  for (const std::string& item : split_list(text.empty() ? "NSD-01" : text)) {
    const std::size_t before = subjects.size();
    if (const auto subject = parse_subject(item)) {
      add(*subject);
      continue;
    }
    for (const Dataset& dataset : datasets()) {
      if (item != dataset.short_name) continue;
      for (unsigned n = 1; n <= dataset.subjects; ++n) add({&dataset, n});
    }
    if (subjects.size() == before) {
      throw Error(ErrorCode::kUsage, "--subjects: '" + item + "' is no known subject or dataset",
                  "Write subjects like NSD-01 and datasets like NSD.");
    }
  }
  return subjects;
}

SyntheticModel synthetic_model(const Flags& flags) {
  if (flags.channels % 8 != 0) {
    throw Error(ErrorCode::kUsage,
                "--channels " + std::to_string(flags.channels) + " is not a multiple of 8");
  }
  SyntheticModel model;
  model.features = flags.channels / 8;
  model.subjects = synthetic_subjects(flags.subjects);
  model.converter = std::string("corticast-bench ") + CORTICAST_VERSION;
  if (const auto set = parse_vertex_set(flags.vertices)) {
    model.vertex_set = flags.vertices;
    model.grayordinates = vertex_list(*set);
    model.vertices = static_cast<std::uint32_t>(model.grayordinates.size());
    return model;
  }
  unsigned vertices = 0;
  if (!parse_number(flags.vertices, vertices) || vertices < 1 || vertices > format::kMaxVertices) {
    throw Error(ErrorCode::kUsage, "--vertices " + flags.vertices +
                                       ": expected all, visual or a number from 1 to " +
                                       std::to_string(format::kMaxVertices));
  }
  model.vertices = vertices;
  return model;
}

Model open_model(const Flags& flags, const Scratch& scratch) {
  if (!flags.model.empty()) return Model(flags.model);
  const std::filesystem::path path = scratch / "synthetic.corticast";
  write_synthetic(path, synthetic_model(flags));
  return Model(path);
}

RequestSpec request_of(const Flags& flags) {
  RequestSpec spec;
  if (!flags.model.empty() && !flags.subjects.empty()) spec.subjects = flags.subjects;
  spec.expand = flags.expand;
  spec.reduce = flags.reduce;
  return spec;
}

InputSpec images_of(const Flags& flags, const Scratch& scratch) {
  InputSpec spec;
  spec.arguments = flags.images;
  if (spec.arguments.empty()) {
    const std::filesystem::path folder = scratch / "photographs";
    std::filesystem::create_directory(folder);
    spec.arguments = write_photographs(folder, kPhotographs);
  }
  return spec;
}

std::string counted(std::size_t count, const std::string& noun) {
  return grouped(count) + " " + noun + (count == 1 ? "" : "s");
}

}  // namespace

Workload::Workload(const Flags& flags, const Scratch& scratch)
    : synthetic_(flags.model.empty()),
      generated_(flags.images.empty()),
      model_(open_model(flags, scratch)),
      request_(resolve_request(model_.info(), request_of(flags))),
      images_(images_of(flags, scratch)) {}

std::string Workload::describe_model() const {
  const ModelInfo& info = model_.info();
  return (synthetic_ ? "synthetic" : info.model_id) + ", " + std::to_string(info.channels) +
         " channels, " + grouped(request_.rows.size()) + " vertices, " +
         counted(request_.targets.size(), "subject") + ", " + grouped(request_.columns) +
         (request_.reduction ? " outputs" : " columns written");
}

std::string Workload::describe_images() const {
  if (!generated_) return counted(images_.size(), "image") + ", as given";
  return counted(images_.size(), "generated JPEG") + " of " + std::to_string(kPhotographWidth) +
         " x " + std::to_string(kPhotographHeight);
}

}  // namespace corticast::bench
