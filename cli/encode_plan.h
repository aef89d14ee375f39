// What an encode run will do, known before the first image is read.
#pragma once

#include <memory>
#include <string>

#include "cli/encode_flags.h"
#include "engine/backend/backend.h"
#include "engine/output/writer.h"

namespace corticast::cli {

struct EncodePlan {
  // Opens the model's header, expands the list of images, resolves subjects and selection, opens
  // the device. Throws what those throw.
  EncodePlan(const EncodeFlags& flags, const std::string& command_line);

  Model model;
  ImageSource source;
  Request request;
  Method method;
  std::unique_ptr<Backend> backend;
  std::size_t batch;
  RunRecord record;
};

// For --dry-run, on standard output: counts, labels, memory, disk. Prints all or throws.
void print_plan(const EncodePlan& plan, const EncodeFlags& flags);

}  // namespace corticast::cli
