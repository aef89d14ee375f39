// Lists of cuDNN's plans as text, JSON and Markdown.
#pragma once

#include <string>
#include <vector>

#include "engine/backend/plan_list.h"

namespace corticast::cli {

struct CardPlans {
  std::string card;
  int compute_capability;
  PlanList plans;
  std::string device;  // "cuda:0" that was asked; empty: computed from a description
};

// For people: a line for each layer.
std::string plans_text(const std::vector<CardPlans>& cards, int channels);
// One object: cards, each with the rows of its plans.
std::string plans_json(const std::vector<CardPlans>& cards);
// A line for each batch: the engines of the eight blocks, the most workspace, the fewest
// candidates.
std::string plans_markdown(const std::vector<CardPlans>& cards, int channels);

}  // namespace corticast::cli
