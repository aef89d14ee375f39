// The summary of a run (summary_json() of session.h) for people.
#pragma once

#include <iosfwd>
#include <nlohmann/json_fwd.hpp>

namespace cuda_sim::runtime {

// Throws nlohmann::json::exception when it is no such summary.
void print_summary_table(const nlohmann::json& summary, std::ostream& out);

}  // namespace cuda_sim::runtime
