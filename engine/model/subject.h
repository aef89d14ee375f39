// Who a readout belongs to: a subject of one of MOSAIC's eight datasets, under its three spellings.
//   canonical  NSD-01                     what corticast prints
//   key        sub-01_NSD                 checkpoint keys, tensor names in the model file
//   result     NaturalScenesDataset/sub-01   where responses are stored
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace corticast {

struct Dataset {
  std::string_view long_name;   // NaturalScenesDataset
  std::string_view short_name;  // NSD
  unsigned subjects;            // numbered 1..subjects
};

// The eight datasets, in the order of MOSAIC's checkpoints (short name, ASCII order).
std::span<const Dataset> datasets();

struct Subject {
  const Dataset* dataset = nullptr;  // element of datasets(), lives for ever
  unsigned number = 0;               // 1..dataset->subjects

  std::string canonical() const;  // NSD-01
  std::string key() const;        // sub-01_NSD
  std::string folder() const;     // sub-01
  friend bool operator==(const Subject&, const Subject&) = default;
};

// Understands NSD-01, NSD-1, sub-01_NSD, NaturalScenesDataset:1, NSD:1, NaturalScenesDataset-01
// (dataset names in any letter case). nullopt for anything else, including numbers out of range.
std::optional<Subject> parse_subject(std::string_view text);

}  // namespace corticast
