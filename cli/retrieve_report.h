// What `corticast retrieve` writes and prints.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "engine/analysis/areas_table.h"
#include "engine/analysis/retrieve.h"

namespace corticast::cli {

// What was compared, by name; [areas], [candidates], [patterns], and the seen image of each.
struct RetrievalNames {
  const std::vector<TableArea>& areas;
  const std::vector<std::string>& candidates;
  const std::vector<std::string>& patterns;
  const std::vector<std::optional<std::size_t>>& truth;
};

// One row per area and pattern: area, pattern, seen, rank, r, candidates, then image_1, r_1 ...
// of the best. Throws Error{kOutput}.
void write_rankings(const std::string& file, const RetrievalNames& names,
                    const Retrieval& retrieval, std::size_t listed, bool replace);

// float32 [patterns, candidates] of the only area, and beside it a .json of the names of both.
// Throws Error{kOutput}.
void write_correlations(const std::string& file, const RetrievalNames& names,
                        const Retrieval& retrieval, bool replace);

// The summary of every area: for people, or one JSON object.
void print_retrieval(const RetrievalNames& names, const Retrieval& retrieval,
                     const std::vector<unsigned>& top);
void print_retrieval_json(const RetrievalNames& names, const Retrieval& retrieval,
                          const std::vector<unsigned>& top, bool untrained);

}  // namespace corticast::cli
