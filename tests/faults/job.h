// One whole run in this process: a narrow model, five photographs (one is none), an HDF5 output.
#pragma once

#include <filesystem>
#include <string>

#include "engine/pipeline/encode.h"
#include "tests/support/temporary.h"

namespace corticast::test {

// Files that runs start from.
struct JobFiles {
  JobFiles();

  TemporaryFolder folder;
  std::filesystem::path model = folder / "tiny.model";
  std::filesystem::path list = folder / "list";
};

// Open the model, resolve the request, open the CPU, open the output, compile, encode three batches
// with two loader threads, finish. The same call again goes on from what is there. Throws what
// those throw.
EncodeSummary run_job(const JobFiles& files, const std::filesystem::path& output);

// The same without the arithmetic: responses are looked up in `whole`, which run_job() wrote, by
// the pixels that are asked for.
EncodeSummary run_job_from_memory(const JobFiles& files, const std::filesystem::path& output,
                                  const std::filesystem::path& whole);

}  // namespace corticast::test
