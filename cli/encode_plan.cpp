#include "cli/encode_plan.h"

#include <algorithm>
#include <filesystem>
#include <iostream>
#include <utility>

#include "cli/reduction_words.h"
#include "cli/words.h"
#include "engine/base/digest.h"
#include "engine/base/error.h"
#include "engine/base/text.h"
#include "engine/image/decode.h"
#include "engine/output/earlier_run.h"
#include "engine/output/manifest.h"
#include "engine/output/open_writer.h"
#include "engine/output/part_file.h"

namespace corticast::cli {
namespace {

std::filesystem::path rows_file(const EncodeFlags& flags) {
  return working_file(flags.output, flags.written.format);
}

// auto: what an earlier run of this output chose, so that it is gone on from.
std::size_t choose_batch(const EncodeFlags& flags, const EncodePlan& plan) {
  const std::string& text = flags.batch;
  const std::size_t images = plan.source.size();
  unsigned batch = 0;
  if (text == "auto") {
    const std::size_t chosen =
        plan.device.backend->auto_batch(plan.model, plan.request, plan.method);
    const std::size_t earlier =
        flags.force
            ? 0
            : batch_of_earlier_output(flags.output, plan.request, flags.written).value_or(0);
    batch = static_cast<unsigned>(earlier > 0 ? earlier : chosen);
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

std::vector<std::string> names_of(const ImageSource& source, RowRange rows) {
  std::vector<std::string> names;
  names.reserve(rows.count);
  for (std::size_t k = 0; k < rows.count; ++k) names.push_back(source.name(rows.first + k));
  return names;
}

// How many, which part of them is computed, and the first and last of that.
std::string image_lines(const EncodePlan& plan, const EncodeFlags& flags) {
  std::string lines = "images    " + grouped(plan.source.size()) + "\n";
  if (flags.chosen) lines += "shard     " + in_words(*flags.chosen, plan.source.size()) + "\n";
  if (plan.rows.count == 0) return lines;
  return lines + "first     " + printable(plan.source.name(plan.rows.first)) + "\n" + "last      " +
         printable(plan.source.name(plan.rows.first + plan.rows.count - 1)) + "\n";
}

Method method_of(const EncodeFlags& flags) {
  Method method = parse_precision(flags.precision);
  method.readout = parse_readout_method(flags.readout);
  method.tune = flags.tune;
  return method;
}

// The CPU lacks what a GPU would have: then it matters why there is none.
std::size_t choose_batch_or_explain(const EncodeFlags& flags, const EncodePlan& plan) {
  try {
    return choose_batch(flags, plan);
  } catch (const Error& error) {
    if (error.code() != ErrorCode::kDevice || plan.device.no_gpu.empty()) throw;
    throw Error(error.code(), error.what() + (", and no GPU can be used: " + plan.device.no_gpu),
                error.hint());
  }
}

std::string selftest_state(const EncodePlan& plan, const EncodeFlags& flags) {
  switch (trust_in(*plan.device.backend, plan.model.info(), plan.method)) {
    case Trust::kNeedsNone:
      return {};
    case Trust::kPassed:
      return "selftest  passed before\n";
    case Trust::kNotChecked:
      break;
  }
  return flags.no_selftest ? "selftest  not checked yet, and --no-selftest leaves it so\n"
                           : "selftest  not checked yet: the run begins with it\n";
}

// What is there already; throws where the run would.
std::string resume_lines(const EncodePlan& plan, const EncodeFlags& flags) {
  std::vector<std::string> notes;
  const auto earlier =
      earlier_rows(rows_file(flags), plan.record, plan.request, flags.force, &notes);
  std::string lines;
  for (const std::string& note : notes) lines += "resume    " + printable(note) + "\n";
  if (earlier) {
    const std::size_t to_do = plan.rows.count - earlier->done_rows;
    lines += "          " + grouped(to_do) + (to_do == 1 ? " is" : " are") + " to do\n";
  }
  return lines;
}

// The first file, and how many more.
std::string output_in_words(const EncodePlan& plan, const EncodeFlags& flags) {
  const auto files = output_files(flags.output, plan.record, plan.request, flags.written);
  return printable(files.front().string()) +
         (files.size() == 1 ? "" : " and " + grouped(files.size() - 1) + " more");
}

std::string reduction_lines(const EncodePlan& plan) {
  if (!plan.request.reduction) return {};
  const bool folded = plan.device.backend->folds(plan.model, plan.request);
  return "outputs   " + outputs_in_words(plan.request) + "\n          " +
         cost_in_words(plan.request, plan.model.info(), folded) + "\n";
}

}  // namespace

EncodePlan::EncodePlan(const EncodeFlags& flags, const std::string& command_line)
    : model(flags.model),
      source(flags.input),
      rows(flags.chosen ? rows_of(flags.chosen->shard, source.size()) : RowRange{0, source.size()}),
      request(resolve_request(model, flags.request)),
      method(method_of(flags)),
      device(choose_device(flags.device)),
      batch(choose_batch_or_explain(flags, *this)) {
  record.image_names = names_of(source, rows);
  if (flags.chosen) {
    const Shard& shard = flags.chosen->shard;
    record.shard = ShardRecord{shard.index, shard.count, rows.first, source.size(),
                               hash_of_names(names_of(source, {0, source.size()}))};
  }
  record.inputs_hash = hash_of_inputs(flags.input);
  record.model_id = model.info().model_id;
  record.model_hash = model.info().model_hash;
  record.model_file = flags.model;
  record.untrained = model.info().untrained;
  record.engine_version = CORTICAST_VERSION;
  record.device = device.backend->name();
  record.arithmetic = device.backend->arithmetic();
  record.precision = to_string(method.precision);
  record.readout = to_string(method.readout);
  record.tune = method.tune;
  record.batch = batch;
  record.decoder = decoder_versions();
  record.command_line = command_line;
}

void EncodePlan::take_device(ChosenDevice replacement, const EncodeFlags& flags) {
  device = std::move(replacement);
  batch = choose_batch(flags, *this);
  record.device = device.backend->name();
  record.arithmetic = device.backend->arithmetic();
  record.batch = batch;
}

void print_plan(const EncodePlan& plan, const EncodeFlags& flags) {
  const ModelInfo& info = plan.model.info();
  const OutputBytes bytes = output_bytes(flags.output, plan.record, plan.request, flags.written);
  const std::uint64_t free = free_bytes_beside(flags.output);
  const MemoryUse memory =
      plan.device.backend->planned_memory(plan.model, plan.request, plan.batch, plan.method);
  const std::string selftest = selftest_state(plan, flags);
  const std::string resume = resume_lines(plan, flags);
  std::string subjects;
  for (const Target& target : plan.request.targets) {
    subjects += (subjects.empty() ? "" : ", ") + target.name;
  }
  std::cout << "model     " << printable(info.model_id)
            << (info.untrained ? " (UNTRAINED: synthetic weights)" : "") << "\n"
            << image_lines(plan, flags) << "subjects  " << plan.request.targets.size() << ": "
            << subjects << "\n"
            << "vertices  " << grouped(plan.request.rows.size()) << " of " << grouped(info.vertices)
            << (plan.request.reduction ? " used, " : " computed, ") << grouped(plan.request.columns)
            << " columns written\n"
            << reduction_lines(plan) << "device    " << plan.device.backend->name() << ", "
            << to_string(plan.method.precision) << ", batch " << plan.batch << "\n"
            << "memory    " << human_bytes(memory.host)
            << " of working memory, beside the mapped model file\n"
            << (memory.device == 0 ? ""
                                   : "on device " + human_bytes(memory.device) +
                                         " of its memory, weights included\n")
            << selftest << resume << "output    " << output_in_words(plan, flags) << ": "
            << human_bytes(bytes.output) << " to write, "
            << (bytes.working == 0 ? "" : human_bytes(bytes.working) + " for the rows until then, ")
            << human_bytes(free) << " free\n";
}

}  // namespace corticast::cli
