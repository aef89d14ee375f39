#include <filesystem>
#include <iostream>
#include <memory>

#include "cli/program.h"
#include "engine/base/error.h"
#include "engine/base/file.h"
#include "engine/base/text.h"
#include "engine/model/format.h"
#include "engine/model/synthetic.h"
#include "weights_tool/commands.h"
#include "weights_tool/vertex_columns.h"

namespace corticast::weights {
namespace {

constexpr std::uint32_t kAllVertices = 57'051;
constexpr std::uint32_t kVisualVertices = 7'831;

struct Options {
  std::string output;
  unsigned features = 48;
  std::string vertices = "all";
  std::string subjects = "NSD";
  std::uint64_t seed = 0;
  bool metadata = false;
  bool force = false;
};

std::uint32_t vertex_count(const std::string& text) {
  if (text == "all") return kAllVertices;
  if (text == "visual") return kVisualVertices;
  unsigned count = 0;
  if (!parse_number(text, count) || count < 1 || count > format::kMaxVertices) {
    throw Error(ErrorCode::kUsage, "--vertices " + text +
                                       ": expected all, visual or a number from " + "1 to " +
                                       std::to_string(format::kMaxVertices));
  }
  return count;
}

void add_subject(std::vector<Subject>& list, const Subject& subject) {
  for (const Subject& known : list) {
    if (known == subject) return;
  }
  list.push_back(subject);
}

// Subjects, or a dataset's name for all of its subjects; each once, in the order given.
std::vector<Subject> subject_list(const std::string& text) {
  std::vector<Subject> list;
  for (const std::string& item : split_list(text)) {
    if (const auto subject = parse_subject(item)) {
      add_subject(list, *subject);
      continue;
    }
    const auto before = list.size();
    for (const Dataset& dataset : datasets()) {
      if (item != dataset.short_name && item != dataset.long_name && item != "all") continue;
      for (unsigned n = 1; n <= dataset.subjects; ++n) add_subject(list, {&dataset, n});
    }
    if (list.size() == before) {
      throw Error(ErrorCode::kUsage, "--subjects: unknown subject '" + item + "'",
                  "Name subjects like NSD-01, a dataset like NSD, or all.");
    }
  }
  if (list.empty()) throw Error(ErrorCode::kUsage, "--subjects names no subject");
  return list;
}

SyntheticModel model_of(const Options& options) {
  SyntheticModel model;
  model.features = static_cast<int>(options.features);
  model.vertices = vertex_count(options.vertices);
  model.grayordinates = grayordinates_for(model.vertices);
  model.vertex_set = model.grayordinates.empty()         ? "none"
                     : model.vertices == kVisualVertices ? "visual"
                                                         : "all";
  model.subjects = subject_list(options.subjects);
  model.seed = options.seed;
  model.metadata = options.metadata;
  if (model.metadata && model.grayordinates.empty()) {
    throw Error(ErrorCode::kUsage, "--metadata needs vertices that lie somewhere in the cortex",
                "Choose --vertices all or visual.");
  }
  model.converter = std::string("corticast-weights ") + CORTICAST_VERSION;
  return model;
}

int run(const Options& options) {
  const SyntheticModel model = model_of(options);
  if (!options.force && is_taken(options.output)) {
    throw Error(ErrorCode::kOutput, options.output + ": exists", "Add --force to replace it.");
  }
  const std::string hash = write_synthetic(options.output, model);
  std::cout << options.output << ": " << 8 * model.features << " channels, "
            << grouped(model.vertices) << " vertices, " << model.subjects.size()
            << (model.subjects.size() == 1 ? " subject, seed " : " subjects, seed ") << model.seed
            << ", never trained\nmodel hash " << hash << "\n";
  return 0;
}

}  // namespace

void add_synth(CLI::App& app) {
  cli::add_command(
      app, "synth", "Write a model of random weights, for tests and benchmarks",
      [](CLI::App& command) {
        const auto options = std::make_shared<Options>();
        command.add_option("-o,--output", options->output, "Model file to write")->required();
        command
            .add_option("--features", options->features,
                        "Width: the core has 8 times as many channels")
            ->check(CLI::Range(1u, format::kMaxChannels / 8))
            ->capture_default_str();
        command
            .add_option("--vertices", options->vertices,
                        "Rows of each readout: all, visual or a number")
            ->capture_default_str();
        command
            .add_option("--subjects", options->subjects,
                        "Subjects or datasets, comma-separated, or all")
            ->capture_default_str();
        command.add_option("--seed", options->seed, "Equal seeds, equal weights")
            ->check(CLI::Validator(CLI::NonNegativeNumber).description(""))  // -1 would wrap around
            ->capture_default_str();
        command.add_flag("--metadata", options->metadata,
                         "Invented noise ceilings and stimuli of each subject, too");
        command.add_flag("--force", options->force, "Replace an existing file");
        return [options] { return run(*options); };
      });
}

}  // namespace corticast::weights
