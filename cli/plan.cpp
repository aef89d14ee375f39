#include <iostream>
#include <memory>
#include <nlohmann/json.hpp>

#include "cli/card_profile.h"
#include "cli/commands.h"
#include "cli/plan_table.h"
#include "cli/program.h"
#include "engine/backend/cuda_module.h"
#include "engine/base/error.h"
#include "engine/base/text.h"
#include "engine/model/model.h"

namespace corticast::cli {
namespace {

constexpr int kFullWidth = 384;
constexpr unsigned kMostImages = 65535;

struct Flags {
  std::vector<std::string> profiles;
  std::string device;
  std::string model;
  int channels = kFullWidth;
  std::string batches = "1,8,32";
  std::string precisions;
  bool json = false;
  bool markdown = false;
};

std::vector<std::size_t> parse_batches(const std::string& text) {
  std::vector<std::size_t> batches;
  for (const std::string& piece : split_list(text)) {
    unsigned images = 0;
    if (!parse_number(piece, images) || images == 0 || images > kMostImages) {
      throw Error(
          ErrorCode::kUsage, "batch '" + piece + "' is no number of images",
          "Numbers of images are 1 to " + std::to_string(kMostImages) + ", separated by commas.");
    }
    batches.push_back(images);
  }
  if (batches.empty()) throw Error(ErrorCode::kUsage, "--batch is an empty list");
  return batches;
}

std::vector<Precision> parse_precisions(const std::string& text) {
  std::vector<Precision> precisions;
  for (const std::string& piece : split_list(text)) precisions.push_back(parse_precision(piece));
  return precisions;
}

// Of "cuda" (the first) or "cuda:N".
DeviceInfo device_of(const std::string& name) {
  const std::string wanted = name == "cuda" ? "cuda:0" : name;
  std::string known;
  for (const DeviceInfo& info : cuda_devices()) {
    if (info.device == wanted && info.problem.empty()) return info;
    if (info.device == wanted) throw Error(ErrorCode::kDevice, wanted + ": " + info.problem);
    known += (known.empty() ? "" : ", ") + info.device;
  }
  throw Error(ErrorCode::kDevice, "there is no device " + wanted, "There is " + known + ".");
}

std::vector<CardPlans> plans_of_device(const std::string& name, PlanQuery query) {
  const DeviceInfo info = device_of(name);
  query.card = info.card;
  query.compute_capability = info.compute_capability;
  unsigned ordinal = 0;
  parse_number(info.device.substr(info.device.find(':') + 1), ordinal);
  query.device = static_cast<int>(ordinal);
  return {{info.card, info.compute_capability, list_cuda_plans(query), info.device}};
}

std::vector<CardPlans> plans_of_profiles(const std::vector<std::string>& files, PlanQuery query) {
  std::vector<CardProfile> cards;
  cards.reserve(files.size());
  for (const std::string& file : files) cards.push_back(read_card_profile(file));
  std::vector<CardPlans> all;
  all.reserve(files.size());
  for (std::size_t k = 0; k < cards.size(); ++k) {
    query.card_json = cards[k].json;
    query.card = cards[k].name;
    query.compute_capability = cards[k].compute_capability;
    try {
      all.push_back({cards[k].name, cards[k].compute_capability, list_cuda_plans(query), {}});
    } catch (const Error& error) {
      if (error.code() != ErrorCode::kUsage) throw;
      throw Error(error.code(), files[k] + ": " + error.what(), error.hint());
    }
  }
  return all;
}

int list(const Flags& flags) {
  if (flags.profiles.empty() && flags.device.empty()) {
    throw Error(ErrorCode::kUsage, "no card to make plans for",
                "Give --device cuda for one of this machine, or --profile FILE.json.");
  }
  PlanQuery query{};
  query.channels = flags.model.empty() ? flags.channels : Model(flags.model).info().channels;
  query.batches = parse_batches(flags.batches);
  query.precisions = parse_precisions(flags.precisions);
  const std::vector<CardPlans> all = flags.device.empty() ? plans_of_profiles(flags.profiles, query)
                                                          : plans_of_device(flags.device, query);
  bool missing = false;
  for (const CardPlans& card : all) {
    for (const PlanRow& row : card.plans.rows) missing = missing || row.plan.empty();
  }
  std::cout << (flags.json       ? plans_json(all)
                : flags.markdown ? plans_markdown(all, query.channels)
                                 : plans_text(all, query.channels));
  return missing ? static_cast<int>(ErrorCode::kDevice) : 0;
}

}  // namespace

void add_plan(CLI::App& app) {
  add_command(
      app, "plan", "List cuDNN's plans for a card, which need not be here",
      [](CLI::App& command) -> Body {
        auto flags = std::make_shared<Flags>();
        auto* const profiles =
            command
                .add_option("--profile", flags->profiles,
                            "JSON description of a card; more than one for more cards")
                ->check(not_empty());
        command.add_option("--device", flags->device, "A device of this machine: cuda, cuda:N")
            ->check(not_empty())
            ->excludes(profiles);
        auto* const model =
            command
                .add_option("-m,--model", flags->model, "Model file, for its number of channels")
                ->check(not_empty());
        command.add_option("--channels", flags->channels, "Channels of the core")
            ->check(CLI::Range(1, 4096))
            ->capture_default_str()
            ->excludes(model);
        command.add_option("--batch", flags->batches, "Numbers of images")->capture_default_str();
        command.add_option(
            "--precision", flags->precisions,
            "List of fp32, fp32-strict, tf32, fp16, bf16 (default: what the card has)");
        auto* const json = command.add_flag("--json", flags->json, "One JSON object");
        command.add_flag("--markdown", flags->markdown, "A table of one line a batch")
            ->excludes(json);
        command.footer(
            "Asks cuDNN what it would run. With --profile (cuDNN 9.8 or later) neither a GPU nor "
            "a\n"
            "driver is needed, and plans that cuDNN compiles at run time may not be among them.\n"
            "Exit code 6 when a layer has no plan.");
        return [flags] { return list(*flags); };
      });
}

}  // namespace corticast::cli
