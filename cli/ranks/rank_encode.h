// `mpirun -n K corticast encode ...`: one run, computed by K processes.
#pragma once

#include <functional>
#include <string>

#include "cli/encode_flags.h"

namespace corticast::cli {

// One run of encode: exit code, or what it throws.
using EncodeRun = std::function<int(const EncodeFlags& flags)>;

// Where no launcher started several processes, or --shard says which part is whose: encode(flags).
// Otherwise every rank computes its shard into a file beside the output (rank_files.h), which is
// resumed like any other; when all have theirs, rank 0 merges them into the output and removes
// them. Rank 0 alone looks at the command first, so that what is wrong with it is said once. Every
// rank returns the gravest of all exit codes (gravest()): a launcher ends the others when one
// fails, and would end them in the middle. Throws Error{kUsage} for what ranks cannot do (standard
// input, which reaches one of them only; {shard} in the output's name), and what Ranks throws.
int encode_in_ranks(const EncodeFlags& flags, const std::string& command_line,
                    const EncodeRun& encode);

}  // namespace corticast::cli
