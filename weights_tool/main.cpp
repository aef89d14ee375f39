#include "cli/program.h"
#include "weights_tool/commands.h"

int main(int argc, char** argv) {
  CLI::App app("Convert, inspect and check corticast model files", "corticast-weights");
  app.require_subcommand(1);
  app.set_version_flag("--version", std::string(CORTICAST_VERSION));
  corticast::weights::add_convert(app);
  corticast::weights::add_scan(app);
  corticast::weights::add_inspect(app);
  corticast::weights::add_verify(app);
  corticast::weights::add_compare(app);
  corticast::weights::add_metadata(app);
  corticast::weights::add_synth(app);
  return corticast::cli::run_program(app, argc, argv);
}
