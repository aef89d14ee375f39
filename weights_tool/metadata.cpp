#include <filesystem>
#include <iostream>
#include <memory>

#include "cli/program.h"
#include "engine/base/text.h"
#include "weights_tool/checkpoint/in_quotes.h"
#include "weights_tool/commands.h"
#include "weights_tool/metadata/known_subjects.h"

namespace corticast::weights {
namespace {

struct Options {
  std::string model;
  std::vector<std::string> files;
  std::string output;
  bool force = false;
};

void check_output(const Options& options) {
  std::error_code ignored;
  if (std::filesystem::equivalent(options.model, options.output, ignored)) {
    throw Error(ErrorCode::kUsage, options.output + ": the output is the model itself",
                "Choose another name after -o.");
  }
  if (!options.force && is_taken(options.output)) {
    throw Error(ErrorCode::kOutput, options.output + ": exists already",
                "Choose another name, or replace it with --force.");
  }
}

std::string name_of(const ModelInfo& info, std::size_t readout) {
  return readout < info.subjects.size() ? info.subjects[readout].canonical() : "readout";
}

int run(const Options& options) {
  check_output(options);
  const ModelFile file(options.model);
  std::vector<KnownSubject> known(file.info().readouts());
  std::size_t subjects = 0;
  for (const std::string& argument : options.files) {
    const MetadataFile source = assign_metadata(argument, file.info());
    const std::string subject = name_of(file.info(), source.readout);
    if (!known[source.readout].json.empty()) {
      throw Error(ErrorCode::kUsage, argument + ": a second file of " + subject,
                  "Give one file for each subject.");
    }
    known[source.readout] =
        import_metadata(source.path, [&](const std::vector<std::string>& ignored) {
          std::string names;
          for (const std::string& name : ignored) {
            names += (names.empty() ? "" : ", ") + in_quotes(name);
          }
          std::cerr << subject << ": " << in_quotes(source.path.string())
                    << (names.empty() ? "" : " (not kept: " + names + ")") << "\n";
        });
    ++subjects;
  }
  const std::string hash = write_with_metadata(file, options.output, known);
  std::cout << options.output << ": metadata of " << subjects
            << (subjects == 1 ? " subject" : " subjects") << " added\nmodel hash " << hash << "\n";
  std::cerr << "Next: corticast info " << options.output << " --subject SUBJECT\n";
  return 0;
}

}  // namespace

void add_metadata(CLI::App& app) {
  cli::add_command(
      app, "metadata", "Add BERG's metadata (noise ceilings, stimuli) to a copy of a model",
      [](CLI::App& command) {
        const auto options = std::make_shared<Options>();
        command.add_option("MODEL", options->model, "Model file")->required();
        command
            .add_option("FILE", options->files,
                        "BERG's files, one per subject, named as it names them (NSD/sub-01.npy),\n"
                        "or SUBJECT=FILE; read as plain data, never executed")
            ->type_name("")
            ->required();
        command.add_option("-o,--output", options->output, "Model file to write")
            ->type_name("OUT")
            ->required();
        command.add_flag("--force", options->force, "Replace an existing OUT");
        return [options] { return run(*options); };
      });
}

}  // namespace corticast::weights
