#include "bench/build_id.h"
#include "bench/flags.h"
#include "bench/run.h"
#include "cli/program.h"

int main(int argc, char** argv) {
  CLI::App app("Measure how fast corticast is on this machine", "corticast-bench");
  app.set_version_flag("--version", std::string(corticast::bench::kBuildId));
  app.footer(
      "Exit codes: 0 done, 1 bug, 2 usage, 3 model refused, 4 an image failed, 5 output,\n"
      "6 device, precision or memory not available (the rest is measured), 7 a check failed.\n"
      "What the columns mean: bench/README.md.");
  corticast::bench::Flags flags;
  corticast::bench::define_flags(app, flags);
  corticast::cli::set_body(app, [&flags] { return corticast::bench::run(flags); });
  return corticast::cli::run_program(app, argc, argv);
}
