// The table for people.
#pragma once

#include <iosfwd>
#include <string>
#include <vector>

#include "bench/row.h"

namespace corticast::bench {

// The facts as a list, then the head of the table. `checked`: with columns of errors.
void print_markdown_head(std::ostream& out, const std::vector<std::string>& facts, bool checked);
void print_markdown_row(std::ostream& out, const Row& row, bool checked);

// Four significant digits: "0.05312", "12.34", "1234567"; below 0.001 three and an exponent; "0".
std::string short_number(double value);
// "cuda:0 (NVIDIA H100 PCIe (simulated), cuDNN 9.19.0)" -> "cuda:0 simulated"
std::string short_device(const std::string& name);

}  // namespace corticast::bench
