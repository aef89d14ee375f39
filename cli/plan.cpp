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

int list(const Flags& flags) {
  PlanQuery query{};
  query.channels = flags.model.empty() ? flags.channels : Model(flags.model).info().channels;
  query.batches = parse_batches(flags.batches);
  query.precisions = parse_precisions(flags.precisions);
  std::vector<CardProfile> cards;
  cards.reserve(flags.profiles.size());
  for (const std::string& file : flags.profiles) cards.push_back(read_card_profile(file));
  std::vector<CardPlans> all;
  bool missing = false;
  for (std::size_t k = 0; k < cards.size(); ++k) {
    query.card_json = cards[k].json;
    query.card = cards[k].name;
    query.compute_capability = cards[k].compute_capability;
    try {
      all.push_back({cards[k].name, cards[k].compute_capability, list_cuda_plans(query)});
    } catch (const Error& error) {
      if (error.code() != ErrorCode::kUsage) throw;
      throw Error(error.code(), flags.profiles[k] + ": " + error.what(), error.hint());
    }
    for (const PlanRow& row : all.back().plans.rows) missing = missing || row.plan.empty();
  }
  std::cout << (flags.json       ? plans_json(all)
                : flags.markdown ? plans_markdown(all, query.channels)
                                 : plans_text(all, query.channels));
  return missing ? static_cast<int>(ErrorCode::kDevice) : 0;
}

}  // namespace

void add_plan(CLI::App& app) {
  add_command(
      app, "plan", "List cuDNN's plans for a card that need not be here",
      [](CLI::App& command) -> Body {
        auto flags = std::make_shared<Flags>();
        command
            .add_option("--profile", flags->profiles,
                        "JSON description of a card; more than one for more cards")
            ->required()
            ->check(not_empty());
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
            "Asks cuDNN (9.8 or later) what it would do; needs neither a GPU nor a driver. Plans\n"
            "that cuDNN compiles at run time need a driver and are not among them. Exit code 6\n"
            "when a layer has no plan.");
        return [flags] { return list(*flags); };
      });
}

}  // namespace corticast::cli
