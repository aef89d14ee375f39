#include <cstdlib>
#include <iostream>
#include <memory>

#include "cli/commands.h"
#include "cli/encode_plan.h"
#include "cli/encode_trust.h"
#include "cli/own_input.h"
#include "cli/program.h"
#include "cli/progress.h"
#include "cli/ranks/rank_encode.h"
#include "cli/stop_signals.h"
#include "cli/words.h"
#include "engine/base/error.h"
#include "engine/base/text.h"
#include "engine/output/export.h"
#include "engine/output/open_writer.h"
#include "engine/pipeline/encode.h"

namespace corticast::cli {
namespace {

constexpr std::size_t kReasonsShown = 10;  // the rest is in the output file

struct Outcome {
  EncodeSummary summary;
  Findings findings;
};

// Where an output has the reasons why images failed.
const char* reasons_in(const EncodeFlags& flags) {
  return flags.written.format == OutputFormat::kHdf5 ? "/images/error" : "the sidecar";
}

void print_summary(const EncodeSummary& summary, const EncodeFlags& flags, ProgressReport& report) {
  std::string line = grouped(summary.images) +
                     (summary.images == 1 ? " image in " : " images in ") +
                     human_time(summary.seconds);
  if (summary.resumed > 0) line += ", " + grouped(summary.resumed) + " were done before";
  if (summary.failed > 0) {
    line += ", " + grouped(summary.failed) + " failed: their rows are NaN, the reasons are in " +
            reasons_in(flags);
  }
  summary.failed > 0 ? report.note(line) : report.remark(line);
  if (summary.non_finite_values > 0) {
    report.note("warning: " + grouped(summary.non_finite_values) + " responses of " +
                grouped(summary.non_finite_images) +
                " images are NaN or infinite although the images are good");
  }
}

void print_findings(const Findings& findings, ProgressReport& report) {
  for (const std::string& line : findings.notes) report.remark("note: " + printable(line));
  for (const std::string& line : findings.warnings) report.note("warning: " + printable(line));
  for (const std::string& line : findings.comparison) report.note(printable(line));
  if (findings.difference) report.note("the two devices differ more than they may");
}

// signals: not deferred yet, as nothing of this run is worth waiting for before its output is open.
Outcome run(const EncodePlan& plan, const EncodeFlags& flags, StopSignals& signals,
            ProgressReport& report) {
  const bool json = parse_progress(flags.progress) == ProgressMode::kJson;
  signals.defer(!json && flags.rank.value_or(0) == 0);
  std::vector<std::string> notes;
  const auto writer =
      open_writer(flags.output, plan.record, plan.request, flags.force, &notes, flags.written);
  const auto print_notes = [&] {
    for (const std::string& note : notes) report.note("note: " + printable(note));
    notes.clear();
  };
  print_notes();
  if (writer->missing().empty()) {  // the run before ended between its last row and the renaming
    writer->finish();
    print_notes();
    EncodeSummary summary;
    summary.resumed = plan.rows.count;
    summary.failed = writer->failed_before();
    return {summary, {}};
  }
  report.update("prepare", {0, plan.rows.count, 0, 0});
  const auto program =
      plan.device.backend->compile(plan.model, plan.request, plan.batch, plan.method);

  EncodeOptions options;
  options.loader_threads = flags.device.threads;
  options.strict = flags.strict;
  const std::vector<std::uint32_t> filled =
      plan.request.reduction ? outputs_with_terms(*plan.request.reduction) : plan.request.positions;
  options.computed_columns = filled;
  options.stop = [&, said = !json]() mutable {
    if (signals.requested() && !said) report.remark("asked to stop: finishing the batch in flight");
    said = said || signals.requested();
    return signals.requested();
  };
  options.progress = [&](const Progress& progress) { report.update("encode", progress); };
  options.bad_image = [&, shown = std::size_t{0}](std::size_t k, const std::string& why) mutable {
    if (shown < kReasonsShown) {
      report.note("bad image: " + printable(plan.source.name(plan.rows.first + k)) + ": " +
                  printable(why));
    } else if (shown == kReasonsShown) {
      report.note(std::string("more bad images: see ") + reasons_in(flags) +
                  (flags.written.format == OutputFormat::kHdf5 ? " in the output" : ""));
    }
    ++shown;
  };
  const EncodeSummary summary =
      encode(feed_of(plan.source, plan.rows), *program, plan.batch, *writer, options);
  print_notes();
  return {summary, program->findings()};
}

// What was written; of a rank nothing, as its file goes when all are merged.
void print_files(const EncodePlan& plan, const EncodeFlags& flags) {
  if (flags.rank) return;
  for (const auto& file : output_files(flags.output, plan.record, plan.request, flags.written)) {
    std::cout << file.string() << "\n";
  }
}

// What a stopped run leaves, for the message.
[[noreturn]] void tell_stopped(const EncodeSummary& summary, std::size_t images) {
  const std::size_t done = summary.resumed + summary.images;
  throw Error(ErrorCode::kStopped,
              "stopped on request after " + grouped(done) + " of " + grouped(images) +
                  (images == 1 ? " image" : " images"),
              "The same command goes on from there.");
}

int encode_command(EncodeFlags flags, const std::string& command_line) {
  StopSignals signals;
  explain_lost_mapping(printable(flags.model));
  if (!flags.shard.empty()) {
    flags.chosen = parse_shard(flags.shard, [](const char* name) { return std::getenv(name); });
  }
  flags.output = name_for(flags.output, flags.chosen ? &flags.chosen->shard : nullptr);
  flags.written = output_options(flags, flags.chosen.has_value());
  ProgressReport report(parse_progress(flags.progress), flags.rank,
                        flags.chosen ? to_string(flags.chosen->shard) : "");
  EncodePlan plan(flags, command_line);
  if (flags.chosen && !flags.rank) {
    report.note("shard " + in_words(*flags.chosen, plan.source.size()));
  }
  for (const std::string& note : plan.request.notes) report.remark("note: " + note);
  if (plan.record.untrained) {
    report.remark("warning: UNTRAINED model (synthetic weights): the output is no prediction");
  }
  if (flags.written.format != OutputFormat::kHdf5) {
    check_format_holds(map_format(flags.written.format), plan.request);
  }
  if (!flags.force && already_complete(flags.output, plan.record, plan.request, flags.written)) {
    report.remark("already complete: nothing to compute");
    print_files(plan, flags);
    return 0;
  }
  const std::string rows = working_file(flags.output, flags.written.format).string();
  for (const std::string& written : {flags.output, rows, rows + ".part"}) {
    refuse_own_input(written, flags.input, plan.source,
                     {flags.model, flags.request.vertex_mask_path, flags.request.reduce});
  }
  if (flags.dry_run) {
    print_plan(plan, flags);
    return 0;
  }
  trust_device(plan, flags, report);
  const std::string advice = plan.device.backend->advice(plan.method);
  if (!advice.empty()) report.remark("note: " + advice);
  const auto [summary, findings] = run(plan, flags, signals, report);
  if (summary.stopped) tell_stopped(summary, plan.rows.count);
  print_summary(summary, flags, report);
  print_findings(findings, report);
  print_files(plan, flags);
  if (findings.difference) return static_cast<int>(ErrorCode::kDifference);
  return summary.failed > 0 ? static_cast<int>(ErrorCode::kImage) : 0;
}

}  // namespace

void add_encode(CLI::App& app, const std::string& command_line) {
  add_command(app, "encode", "Predict the responses to images",
              [command_line](CLI::App& command) -> Body {
                auto flags = std::make_shared<EncodeFlags>();
                define_encode_flags(command, *flags);
                return [flags, command_line] {
                  return encode_in_ranks(*flags, command_line, [&](const EncodeFlags& own) {
                    return encode_command(own, command_line);
                  });
                };
              });
}

}  // namespace corticast::cli
