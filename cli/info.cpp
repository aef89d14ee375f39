#include <algorithm>
#include <iomanip>
#include <iostream>
#include <memory>
#include <nlohmann/json.hpp>

#include "cli/commands.h"
#include "cli/info_devices.h"
#include "cli/info_subject.h"
#include "cli/program.h"
#include "cli/words.h"
#include "engine/atlas/roi.h"
#include "engine/atlas/vertices.h"
#include "engine/base/error.h"
#include "engine/base/text.h"
#include "engine/model/model.h"

namespace corticast::cli {
namespace {

using nlohmann::ordered_json;

std::string result_path(const Subject& subject) {
  return std::string(subject.dataset->long_name) + "/" + subject.folder();
}

std::vector<std::uint32_t> vertices_per_group(const ModelInfo& info) {
  std::vector<std::uint32_t> counts(kGroups + 1);
  for (const std::int32_t grayordinate : info.grayordinates) {
    ++counts[static_cast<std::size_t>(group_of(grayordinate))];
  }
  return counts;
}

void print_text(const Model& model) {
  const ModelInfo& info = model.info();
  const auto line = [](const char* name, const std::string& value) {
    if (!value.empty()) std::cout << std::left << std::setw(15) << name << value << "\n";
  };
  line("file", printable(model.path().string()));
  line("model", printable(info.model_id));
  line("weights", info.untrained ? "UNTRAINED (synthetic): outputs are no predictions" : "trained");
  line("hash", info.model_hash);
  line("readouts",
       info.multihead ? std::to_string(info.readouts()) + ", one per subject" : "1 (single head)");
  line("channels", std::to_string(info.channels));
  line("vertices", grouped(info.vertices) + " (" +
                       (info.has_atlas() ? "vertex set: " + info.vertex_set : "no atlas") + ")");
  line("preprocessing", printable(info.preprocessing));
  line("source file", printable(info.provenance.source_file));
  line("source sha256", printable(info.provenance.source_sha256));
  line("converter", printable(info.provenance.converter));
  line("note", printable(info.provenance.note));
  if (!info.metadata_bytes.empty()) {
    line("metadata",
         "of " +
             std::to_string(std::count_if(info.metadata_bytes.begin(), info.metadata_bytes.end(),
                                          [](std::uint64_t bytes) { return bytes; })) +
             " of the subjects (info MODEL --subject)");
  }
  if (!info.subjects.empty()) std::cout << "\nsubject        results under /responses\n";
  for (const Subject& subject : info.subjects) {
    line(subject.canonical().c_str(), info.multihead ? result_path(subject) : "readout");
  }
  if (!info.has_atlas()) return;
  std::cout << "\nGlasser group  vertices\n";
  const std::vector<std::uint32_t> counts = vertices_per_group(info);
  for (std::size_t group = 1; group < counts.size(); ++group) {
    if (counts[group] > 0) line(std::to_string(group).c_str(), grouped(counts[group]));
  }
}

ordered_json atlas_json(const ModelInfo& info) {
  ordered_json json;
  json["vertex_mapping_all"] = info.grayordinates;
  ordered_json groups = ordered_json::array();
  for (const std::int32_t grayordinate : info.grayordinates) {
    groups.push_back(group_of(grayordinate));
  }
  json["glasser_group_id"] = groups;
  const std::vector<std::uint32_t> counts = vertices_per_group(info);
  for (std::size_t group = 1; group < counts.size(); ++group) {
    json["glasser_groups"].push_back({{"group", group}, {"vertices", counts[group]}});
  }
  for (const Area& area : areas(info.grayordinates)) {
    json["rois"].push_back({{"name", area.name}, {"group", area.group}, {"vertices", area.after}});
  }
  return json;
}

void print_json(const Model& model) {
  const ModelInfo& info = model.info();
  ordered_json subjects = ordered_json::array();
  for (std::size_t i = 0; i < info.subjects.size(); ++i) {
    const Subject& subject = info.subjects[i];
    subjects.push_back({{"subject", subject.canonical()},
                        {"key", subject.key()},
                        {"dataset", subject.dataset->long_name},
                        {"number", subject.number},
                        {"result_path", info.multihead ? result_path(subject) : "readout"},
                        {"metadata", info.has_metadata(i)}});
  }
  ordered_json json{{"file", model.path().string()},
                    {"model_id", info.model_id},
                    {"model_hash", info.model_hash},
                    {"untrained", info.untrained},
                    {"head", info.multihead ? "multihead" : "singlehead"},
                    {"channels", info.channels},
                    {"vertices", info.vertices},
                    {"vertex_set", info.vertex_set},
                    {"preprocessing", info.preprocessing},
                    {"provenance",
                     {{"source_file", info.provenance.source_file},
                      {"source_sha256", info.provenance.source_sha256},
                      {"converter", info.provenance.converter},
                      {"note", info.provenance.note}}},
                    {"subjects", subjects}};
  if (info.has_atlas()) json.update(atlas_json(info));
  std::cout << json.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace) << "\n";
}

}  // namespace

void add_info(CLI::App& app) {
  struct Flags {
    std::string model;
    std::string subject;
    bool devices = false;
    bool json = false;
  };
  add_command(app, "info", "Describe a model file, or this machine's devices",
              [](CLI::App& command) -> Body {
                auto flags = std::make_shared<Flags>();
                command.add_option("MODEL", flags->model, "Model file");
                command
                    .add_option("--subject", flags->subject,
                                "What the model file knows of one subject: facts, stimuli, noise "
                                "ceilings")
                    ->type_name("SUBJECT")
                    ->check(not_empty());
                command.add_flag("--devices", flags->devices,
                                 "The CPU and every GPU, or why there is none");
                command.add_flag("--json", flags->json,
                                 "One JSON object; of a model with the grayordinate and Glasser "
                                 "group of every column");
                return [flags] {
                  if (flags->model.empty() != flags->devices) {
                    throw Error(ErrorCode::kUsage, "give either a model file or --devices");
                  }
                  if (flags->devices && !flags->subject.empty()) {
                    throw Error(ErrorCode::kUsage, "--subject belongs to a model file");
                  }
                  if (flags->devices) {
                    print_devices(flags->json);
                    return 0;
                  }
                  const Model model(flags->model);
                  if (!flags->subject.empty()) {
                    print_subject(model, flags->subject, flags->json);
                    return 0;
                  }
                  flags->json ? print_json(model) : print_text(model);
                  return 0;
                };
              });
}

}  // namespace corticast::cli
