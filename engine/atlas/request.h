// What one run computes, resolved before anything runs. Nothing after this point knows a ROI name
// or a grayordinate: a backend sees row numbers and positions, a writer sees labels.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "engine/atlas/reduction.h"
#include "engine/model/subject.h"

namespace corticast {

// One readout to evaluate.
struct Target {
  std::size_t readout = 0;  // index into the model's readouts
  // Where the result goes: {"NaturalScenesDataset", "sub-01"}, or {"readout"} for a singlehead
  // model.
  std::vector<std::string> result_path;
  std::string name;  // canonical, for people: "NSD-01"; "readout" when the subject is unknown
};

// Labels of the output columns. Empty vectors for a model without atlas.
struct ColumnLabels {
  std::vector<std::int32_t> grayordinate;  // [columns]
  std::vector<std::string> roi;            // [columns] "L_V1"; subcortical structures by name
  std::vector<std::uint8_t> group;         // [columns] Glasser group 1..22, 0 = none
};

struct Request {
  std::vector<Target> targets;      // in the order asked for, each once
  std::vector<std::uint32_t> rows;  // readout rows to compute, ascending, each once, never empty
  std::uint32_t columns = 0;        // width of one output row
  // Column of each computed row: empty means packed (row i of `rows` goes to column i and columns
  // == rows.size()); otherwise positions[i] < columns, ascending, and every other column is NaN.
  std::vector<std::uint32_t> positions;
  ColumnLabels labels;
  // Null: the responses themselves. Otherwise one output row is these functionals of the computed
  // rows: columns == reduction->outputs(), positions and labels are empty.
  std::shared_ptr<const Reduction> reduction;
  // What the user should be told, one sentence each: an area asked for that adds no column.
  std::vector<std::string> notes;
};

}  // namespace corticast
