// The convolution plans that cuDNN makes for a card of this machine, or would make for one that is
// described: what a login node can know before a job runs.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "engine/backend/method.h"

namespace corticast {

struct PlanQuery {
  std::string card_json;   // the card's properties in cuDNN's own form; unused with a device
  std::string card;        // its name, for messages
  int compute_capability;  // 90 for 9.0
  int channels;            // of the core
  std::vector<std::size_t> batches;
  std::vector<Precision> precisions;  // empty: those that the card has
  int device = -1;                    // ordinal of the CUDA device to ask; -1: the description
};

// One convolution + bias + ReLU of the core.
struct PlanRow {
  Precision precision;
  std::size_t batch;
  int block;                          // from 1
  std::string convolution;            // "5x5, 384 -> 384, 222x222": filter, channels, output
  std::string plan;                   // engine and knobs, "eng41_k2=18"; empty where there is none
  std::string notes;                  // cuDNN's numerical notes on the engine, "tensor-core"
  std::size_t images = 0;             // of one execution: the batch, or a part of it
  std::uint64_t workspace_bytes = 0;  // of one execution
  std::size_t allowed = 0;            // candidates that keep the precision's promise ...
  std::size_t offered = 0;            // ... of those that cuDNN offers
  std::string problem;                // why there is no plan
};

struct PlanList {
  std::string cudnn;          // "9.19.0", which made the plans
  std::vector<PlanRow> rows;  // by precision, batch, block
};

}  // namespace corticast
