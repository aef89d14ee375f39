// What is known of a device before anything runs on it: for people who choose one.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "engine/backend/method.h"

namespace corticast {

struct DeviceInfo {
  std::string device;          // "cuda:0", as --device takes it
  std::string card;            // "NVIDIA H100 80GB HBM3"
  int compute_capability = 0;  // 90 for 9.0
  int multiprocessors = 0;
  std::uint64_t memory_bytes = 0;     // of the device
  std::uint64_t free_bytes = 0;       // of it, now
  std::string driver;                 // "13.0": the newest CUDA that the driver runs
  std::string cudnn;                  // "9.19.0"
  bool plans_without_device = false;  // cuDNN's: what `corticast plan` needs
  std::string cublas;                 // "13.2.0"; empty where it cannot be loaded
  std::vector<Precision> precisions;  // that it computes in
  std::string identity;               // Backend::identity()
  // Why it cannot be used, with the remedy; empty where it can. The fields behind what failed are
  // empty then.
  std::string problem;
};

}  // namespace corticast
