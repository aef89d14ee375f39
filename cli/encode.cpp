#include <algorithm>
#include <filesystem>
#include <iostream>
#include <memory>

#include "cli/commands.h"
#include "cli/own_input.h"
#include "cli/program.h"
#include "cli/progress.h"
#include "cli/words.h"
#include "engine/atlas/resolve.h"
#include "engine/base/digest.h"
#include "engine/base/error.h"
#include "engine/base/text.h"
#include "engine/image/decode.h"
#include "engine/output/open_writer.h"
#include "engine/output/part_file.h"
#include "engine/pipeline/encode.h"

namespace corticast::cli {
namespace {

constexpr std::size_t kReasonsShown = 10;  // the rest is in the output file

struct Flags {
  InputSpec input;
  std::string model;
  std::string output;
  RequestSpec request;
  DeviceOptions device;
  std::string precision = "fp32";
  std::string batch = "auto";
  std::string progress = "auto";
  bool strict = false;
  bool dry_run = false;
  bool force = false;
};

void define_flags(CLI::App& app, Flags& flags) {
  app.add_option(
         "INPUT", flags.input.arguments,
         "Image files, folders (searched recursively for .jpg .jpeg .png .bmp), .npy arrays\n"
         "of integers [N,3,H,W], @LIST (a file with one path a line), - (a list on stdin)")
      ->type_name("")
      ->required();
  app.add_option("-m,--model", flags.model, "Model file (from corticast-weights)")
      ->type_name("MODEL")
      ->required();
  app.add_option("-o,--output", flags.output, "HDF5 file to write, .h5 or .hdf5")
      ->type_name("OUT")
      ->required();
  app.add_flag("-0,--null", flags.input.nul_separated,
               "Paths in lists end with NUL (find -print0) instead of newline");

  const char* what = "What to predict";
  app.add_option("--subjects", flags.request.subjects,
                 "Comma-separated: NSD-01, sub-01_NSD, NaturalScenesDataset:1, or all")
      ->type_name("LIST")
      ->capture_default_str()
      ->group(what);
  app.add_option("--roi", flags.request.roi,
                 "Areas, comma-separated: L_V1, V1 (both sides), GlasserGroup_5\n"
                 "('corticast rois MODEL' lists them)")
      ->type_name("LIST")
      ->allow_extra_args(false)
      ->group(what);
  app.add_option("--group", flags.request.groups, "Glasser groups, e.g. 1-5,9")
      ->type_name("LIST")
      ->check(not_empty())
      ->group(what);
  app.add_option("--vertex-mask", flags.request.vertex_mask_path,
                 "FILE.npy of 0 and 1, one per vertex of the model")
      ->type_name("FILE")
      ->check(not_empty())
      ->group(what);
  app.add_flag("--expand", flags.request.expand,
               "Write all 91,282 grayordinates, NaN where nothing is predicted")
      ->group(what);

  const char* how = "How to run";
  app.add_option("--device", flags.device.device, "auto, cpu")
      ->type_name("DEVICE")
      ->capture_default_str()
      ->group(how);
  app.add_option("--precision", flags.precision, "fp32, fp32-strict, tf32, fp16, bf16")
      ->type_name("MODE")
      ->capture_default_str()
      ->group(how);
  app.add_option("--batch", flags.batch, "Images computed together, or auto")
      ->type_name("N")
      ->capture_default_str()
      ->group(how);
  app.add_option("--threads", flags.device.threads,
                 "CPU threads (default: as many as this process may use)")
      ->check(CLI::Range(1u, 4096u).description(""))
      ->type_name("N")
      ->group(how);
  app.add_option("--progress", flags.progress, "auto, bar, json (lines on stderr), none")
      ->type_name("MODE")
      ->capture_default_str()
      ->group(how);
  app.add_flag("--strict", flags.strict,
               "Stop at the first bad image (default: its row is NaN, the run goes on)")
      ->group(how);
  app.add_flag("--dry-run", flags.dry_run, "Show what would be computed and written, then stop")
      ->group(how);
  app.add_flag("--force", flags.force, "Replace an existing output")->group(how);
}

std::size_t choose_batch(const std::string& text, const Backend& backend, std::size_t images) {
  unsigned batch = 0;
  if (text == "auto") {
    batch = static_cast<unsigned>(backend.default_batch());
  } else if (!parse_number(text, batch) || batch == 0 || batch > 65536) {
    throw Error(ErrorCode::kUsage,
                "--batch: '" + text + "' is not auto or a number from 1 to 65536");
  }
  return std::min<std::size_t>(batch, images);
}

// Where names come from a list, they are relative to the working folder. A folder is the same one
// with and without a slash behind it.
std::string hash_of_inputs(const InputSpec& input) {
  Sha256 hash;
  for (const std::string& argument : input.arguments) {
    const bool list = argument == "-" || argument.starts_with("@");
    const std::filesystem::path normal =
        std::filesystem::absolute(list ? "." : argument).lexically_normal();
    const std::string path = (normal.has_filename() ? normal : normal.parent_path()).string();
    hash.update(as_byte_span({path.c_str(), path.size() + 1}));
  }
  return hash.hex();
}

// Everything known before the first image is read.
struct Plan {
  Plan(const Flags& flags, const std::string& command_line)
      : model(flags.model),
        source(flags.input),
        request(resolve_request(model.info(), flags.request)),
        precision(parse_precision(flags.precision)),
        backend(open_backend(flags.device)),
        batch(choose_batch(flags.batch, *backend, source.size())) {
    for (std::size_t k = 0; k < source.size(); ++k) record.image_names.push_back(source.name(k));
    record.inputs_hash = hash_of_inputs(flags.input);
    record.model_id = model.info().model_id;
    record.model_hash = model.info().model_hash;
    record.model_file = flags.model;
    record.untrained = model.info().untrained;
    record.engine_version = CORTICAST_VERSION;
    record.device = backend->name();
    record.precision = to_string(precision);
    record.batch = batch;
    record.decoder = decoder_versions();
    record.command_line = command_line;
  }

  Model model;
  ImageSource source;
  Request request;
  Precision precision;
  std::unique_ptr<Backend> backend;
  std::size_t batch;
  RunRecord record;
};

void print_plan(const Plan& plan, const Flags& flags) {
  const ModelInfo& info = plan.model.info();
  const std::size_t images = plan.source.size();
  const std::uint64_t to_write = output_bytes(flags.output, plan.record, plan.request);
  const std::uint64_t free = free_bytes_beside(flags.output);
  std::string subjects;
  for (const Target& target : plan.request.targets) {
    subjects += (subjects.empty() ? "" : ", ") + target.name;
  }
  std::cout << "model     " << printable(info.model_id)
            << (info.untrained ? " (UNTRAINED: synthetic weights)" : "") << "\n"
            << "images    " << grouped(images) << "\n"
            << "first     " << printable(plan.source.name(0)) << "\n"
            << "last      " << printable(plan.source.name(images - 1)) << "\n"
            << "subjects  " << plan.request.targets.size() << ": " << subjects << "\n"
            << "vertices  " << grouped(plan.request.rows.size()) << " of " << grouped(info.vertices)
            << " computed, " << grouped(plan.request.columns) << " columns written\n"
            << "device    " << plan.backend->name() << ", " << to_string(plan.precision)
            << ", batch " << plan.batch << "\n"
            << "memory    "
            << human_bytes(plan.backend->planned_bytes(plan.model, plan.request, plan.batch,
                                                       plan.precision))
            << " of working memory, beside the mapped model file\n"
            << "output    " << printable(flags.output) << ": " << human_bytes(to_write)
            << " to write, " << human_bytes(free) << " free\n";
}

void print_summary(const EncodeSummary& summary, ProgressReport& report) {
  std::string line = grouped(summary.images) +
                     (summary.images == 1 ? " image in " : " images in ") +
                     human_time(summary.seconds);
  if (summary.failed > 0) {
    line += ", " + grouped(summary.failed) +
            " failed: their rows are NaN, the reasons are in "
            "/images/error";
  }
  report.note(line);
  if (summary.non_finite_values > 0) {
    report.note("warning: " + grouped(summary.non_finite_values) + " responses of " +
                grouped(summary.non_finite_images) +
                " images are NaN or infinite although the images are good");
  }
}

EncodeSummary run(const Plan& plan, const Flags& flags, ProgressReport& report) {
  bool leftover = false;
  const auto writer = open_writer(flags.output, plan.record, plan.request, flags.force, &leftover);
  if (leftover) report.note("replacing the unfinished " + printable(flags.output) + ".part");
  report.update("prepare", {0, plan.source.size(), 0, 0});
  const auto program = plan.backend->compile(plan.model, plan.request, plan.batch, plan.precision);

  EncodeOptions options;
  options.loader_threads = flags.device.threads;
  options.strict = flags.strict;
  options.computed_columns = plan.request.positions;
  options.progress = [&](const Progress& progress) { report.update("encode", progress); };
  options.bad_image = [&, shown = std::size_t{0}](std::size_t k, const std::string& why) mutable {
    if (shown < kReasonsShown) {
      report.note("bad image: " + printable(plan.source.name(k)) + ": " + printable(why));
    } else if (shown == kReasonsShown) {
      report.note("more bad images: see /images/error in the output");
    }
    ++shown;
  };
  return encode(feed_of(plan.source), *program, plan.batch, *writer, options);
}

int encode_command(const Flags& flags, const std::string& command_line) {
  check_output_name(flags.output);
  ProgressReport report(parse_progress(flags.progress));
  const Plan plan(flags, command_line);
  for (const std::string& note : plan.request.notes) report.note("note: " + note);
  if (plan.record.untrained) {
    report.note("warning: UNTRAINED model (synthetic weights): the output is no prediction");
  }
  if (!flags.force && already_complete(flags.output, plan.record, plan.request)) {
    report.note("already complete: nothing to compute");
    std::cout << flags.output << "\n";
    return 0;
  }
  for (const std::string& written : {flags.output, flags.output + ".part"}) {
    refuse_own_input(written, flags.input, plan.source,
                     {flags.model, flags.request.vertex_mask_path});
  }
  if (flags.dry_run) {
    print_plan(plan, flags);
    return 0;
  }
  const EncodeSummary summary = run(plan, flags, report);
  print_summary(summary, report);
  std::cout << flags.output << "\n";
  return summary.failed > 0 ? static_cast<int>(ErrorCode::kImage) : 0;
}

}  // namespace

void add_encode(CLI::App& app, const std::string& command_line) {
  add_command(app, "encode", "Predict the responses to images",
              [command_line](CLI::App& command) -> Body {
                auto flags = std::make_shared<Flags>();
                define_flags(command, *flags);
                return [flags, command_line] { return encode_command(*flags, command_line); };
              });
}

}  // namespace corticast::cli
