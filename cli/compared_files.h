// What score and retrieve share: predictions beside measurements, at the vertices that both files
// hold.
#pragma once

#include <CLI/CLI.hpp>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "cli/progress.h"
#include "engine/maps/maps.h"

namespace corticast::cli {

struct ComparedFlags {
  std::string predicted, measured;
  std::string subject, measured_subject;
  std::string match = "auto";
  bool average = false;
  std::vector<std::string> roi;
  std::string groups;
};
// PREDICTED, MEASURED, --subject, --measured-subject, --match, --average.
void define_compared_flags(CLI::App& command, ComparedFlags& flags);

struct ComparedFiles {
  std::unique_ptr<Maps> predicted, measured_file;
  std::unique_ptr<Maps> means;  // of repetitions, where they are averaged
  // Columns chosen, ascending: predicted_columns[i] and measured_columns[i] are one vertex.
  std::vector<std::size_t> predicted_columns, measured_columns;
  std::vector<std::int32_t> grayordinates;  // of each; empty where columns are numbered only
  std::vector<std::string> stimuli;         // what each map of measured() is of

  const Maps& measured() const { return means ? *means : *measured_file; }
};
// Says what the user should know on the way. Throws Error{kUsage}.
ComparedFiles open_compared(const ComparedFlags& flags, ProgressReport& report);

}  // namespace corticast::cli
