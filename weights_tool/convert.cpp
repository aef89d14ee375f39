#include <filesystem>
#include <iostream>

#include "cli/program.h"
#include "engine/base/file.h"
#include "engine/base/text.h"
#include "weights_tool/commands.h"
#include "weights_tool/conversion.h"

namespace corticast::weights {
namespace {

struct Arguments {
  std::filesystem::path input;
  std::filesystem::path output;
  std::string subject;
  bool force = false;
};

std::optional<Subject> parse_given(const std::string& text) {
  if (text.empty()) return std::nullopt;
  const std::optional<Subject> subject = parse_subject(text);
  if (!subject) {
    throw Error(ErrorCode::kUsage, "--subject '" + text + "' is no known subject",
                "Write it like NSD-05 or sub-05_NSD.");
  }
  return subject;
}

void check_output(const Arguments& given) {
  std::error_code ignored;
  if (std::filesystem::equivalent(given.input, given.output, ignored)) {
    throw Error(ErrorCode::kUsage, given.output.string() + ": the output is the input itself",
                "Choose another name after -o.");
  }
  if (!given.force && is_taken(given.output)) {
    throw Error(ErrorCode::kOutput, given.output.string() + ": exists already",
                "Choose another name, or replace it with --force.");
  }
}

void print_result(const ModelInfo& info, const std::filesystem::path& output) {
  std::cout << output.string() << ": " << info.model_id << "\n  ";
  if (info.multihead) {
    std::cout << info.subjects.size() << (info.subjects.size() == 1 ? " subject" : " subjects");
  } else {
    std::cout << (info.subjects.empty() ? "one readout" : info.subjects[0].canonical());
  }
  std::cout << ", " << grouped(info.vertices) << " vertices ("
            << (info.has_atlas() ? info.vertex_set : "no atlas") << "), " << info.channels
            << " channels\n  model hash " << info.model_hash << std::endl;
  std::cerr << "Next: corticast encode IMAGES -m " << output.string() << " -o responses.h5\n";
}

int convert(const Arguments& given) {
  const std::optional<Subject> subject = parse_given(given.subject);
  check_output(given);
  const Checkpoint checkpoint(given.input);
  const ModelInfo info =
      convert_checkpoint(checkpoint, given.input, given.output, subject,
                         [](const std::string& step) { std::cerr << "convert: " << step << "\n"; });
  print_result(info, given.output);
  return 0;
}

}  // namespace

void add_convert(CLI::App& app) {
  cli::add_command(app, "convert", "Convert a PyTorch checkpoint (.pth) to a model file",
                   [](CLI::App& command) -> cli::Body {
                     auto given = std::make_shared<Arguments>();
                     command.add_option("input", given->input, "Checkpoint file")
                         ->type_name("IN.pth")
                         ->required();
                     command.add_option("-o,--output", given->output, "Model file to write")
                         ->type_name("OUT")
                         ->required();
                     command
                         .add_option("--subject", given->subject,
                                     "Whose readout a singlehead file holds, e.g. NSD-05; read "
                                     "from a published file name by default")
                         ->check(cli::not_empty())
                         ->type_name("SUBJECT");
                     command.add_flag("--force", given->force, "Replace an existing OUT");
                     return [given] { return convert(*given); };
                   });
}

}  // namespace corticast::weights
