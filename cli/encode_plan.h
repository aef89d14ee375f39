// What an encode run will do, known before the first image is read.
#pragma once

#include <string>

#include "cli/encode_flags.h"
#include "engine/backend/trust.h"
#include "engine/output/writer.h"

namespace corticast::cli {

struct EncodePlan {
  // Opens the model's header, expands the list of images, resolves subjects and selection, opens
  // the device. Throws what those throw.
  EncodePlan(const EncodeFlags& flags, const std::string& command_line);

  Model model;
  ImageSource source;
  RowRange rows;  // the images of this run among those of the source: all, or a shard's
  Request request;
  Method method;
  ChosenDevice device;
  std::size_t batch;
  RunRecord record;

  // What depends on the device once more, after it was replaced.
  void take_device(ChosenDevice replacement, const EncodeFlags& flags);
};

// For --dry-run, on standard output: counts, labels, memory, disk. Prints all or throws.
void print_plan(const EncodePlan& plan, const EncodeFlags& flags);

}  // namespace corticast::cli
