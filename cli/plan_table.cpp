#include "cli/plan_table.h"

#include <algorithm>
#include <iomanip>
#include <nlohmann/json.hpp>
#include <sstream>

#include "cli/words.h"

namespace corticast::cli {
namespace {

std::string capability(int number) {
  return std::to_string(number / 10) + "." + std::to_string(number % 10);
}

std::string mebibytes(std::uint64_t bytes) {
  return std::to_string((bytes + (1u << 20) - 1) >> 20) + " MiB";
}

// "eng41" of "eng41_k2=18_k13=1".
std::string engine_of(const PlanRow& row) {
  return row.plan.empty() ? "none" : row.plan.substr(0, row.plan.find('_'));
}

std::string title(const CardPlans& card) {
  return printable(card.card) + ", compute capability " + capability(card.compute_capability);
}

// The batch's rows, from `first`: those that share precision and batch with it.
std::vector<PlanRow>::const_iterator batch_end(std::vector<PlanRow>::const_iterator first,
                                               std::vector<PlanRow>::const_iterator last) {
  return std::find_if(first, last, [&first](const PlanRow& row) {
    return row.precision != first->precision || row.batch != first->batch;
  });
}

void add_markdown(std::ostream& out, std::vector<PlanRow>::const_iterator first,
                  std::vector<PlanRow>::const_iterator last) {
  std::string engines;
  std::string pieces;
  std::uint64_t workspace = 0;
  std::size_t fewest = first->allowed;
  for (auto row = first; row != last; ++row) {
    engines += (engines.empty() ? "" : " ") + engine_of(*row);
    workspace = std::max(workspace, row->workspace_bytes);
    fewest = std::min(fewest, row->allowed);
    if (!row->plan.empty() && row->images < row->batch) {
      pieces += (pieces.empty() ? "" : ", ") + std::string("block ") + std::to_string(row->block) +
                " by " + std::to_string(row->images);
    }
  }
  out << "| " << to_string(first->precision) << " | " << first->batch << " | " << engines << " | "
      << mebibytes(workspace) << " | " << (pieces.empty() ? "no" : pieces) << " | " << fewest
      << " |\n";
}

}  // namespace

std::string plans_text(const std::vector<CardPlans>& cards, int channels) {
  std::ostringstream out;
  for (const CardPlans& card : cards) {
    out << title(card) << ", cuDNN " << card.plans.cudnn << ", " << channels << " channels: "
        << (card.device.empty() ? "computed from a description, no device was asked"
                                : "what " + card.device + " would run")
        << "\n"
        << "precision    batch block convolution                workspace  candidates  plan\n";
    for (const PlanRow& row : card.plans.rows) {
      out << std::left << std::setw(13) << to_string(row.precision);
      if (row.convolution.empty()) {
        out << row.problem << "\n";
        continue;
      }
      out << std::right << std::setw(5) << row.batch << std::setw(6) << row.block << " "
          << std::left << std::setw(26) << row.convolution << std::right << std::setw(10)
          << mebibytes(row.workspace_bytes) << std::setw(6) << row.allowed << " of " << std::left
          << std::setw(4) << row.offered;
      if (row.plan.empty()) {
        out << "none: " << row.problem << "\n";
        continue;
      }
      out << row.plan;
      if (!row.notes.empty()) out << " (" << row.notes << ")";
      if (row.images < row.batch) out << ", " << row.images << " images at a time";
      out << "\n";
    }
    out << "\n";
  }
  return out.str();
}

std::string plans_json(const std::vector<CardPlans>& cards) {
  using nlohmann::ordered_json;
  ordered_json json;
  for (const CardPlans& card : cards) {
    ordered_json rows = ordered_json::array();
    for (const PlanRow& row : card.plans.rows) {
      rows.push_back({{"precision", to_string(row.precision)},
                      {"batch", row.batch},
                      {"block", row.block},
                      {"convolution", row.convolution},
                      {"plan", row.plan},
                      {"notes", row.notes},
                      {"images_at_a_time", row.images},
                      {"workspace_bytes", row.workspace_bytes},
                      {"candidates_allowed", row.allowed},
                      {"candidates_offered", row.offered},
                      {"problem", row.problem}});
    }
    json["cards"].push_back({{"card", card.card},
                             {"compute_capability", capability(card.compute_capability)},
                             {"cudnn", card.plans.cudnn},
                             {"device", card.device},
                             {"rows", rows}});
  }
  return json.dump(1, ' ', false, nlohmann::json::error_handler_t::replace) + "\n";
}

std::string plans_markdown(const std::vector<CardPlans>& cards, int channels) {
  std::ostringstream out;
  out << "cuDNN " << cards.front().plans.cudnn << ", " << channels << " channels.\n";
  for (const CardPlans& card : cards) {
    out << "\n### " << title(card) << "\n\n"
        << "| precision | images | engines of blocks 1 to 8 | most workspace | in pieces | fewest "
           "candidates |\n|---|---|---|---|---|---|\n";
    const auto& rows = card.plans.rows;
    for (auto first = rows.begin(); first != rows.end();) {
      const auto last = batch_end(first, rows.end());
      add_markdown(out, first, last);
      first = last;
    }
  }
  return out.str();
}

}  // namespace corticast::cli
