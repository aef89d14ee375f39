#include "cli/commands.h"
#include "cli/program.h"
#include "cli/words.h"

int main(int argc, char** argv) {
  CLI::App app("Predict cortical fMRI responses to images", "corticast");
  app.require_subcommand(1);
  app.set_version_flag("--version", std::string(CORTICAST_VERSION));
  app.footer(
      "Exit codes: 0 done, 1 bug, 2 usage, 3 model refused, 4 some images failed, 5 output,\n"
      "6 device or memory, 7 a check found a difference, 75 stopped on request (the same command\n"
      "goes on).\n"
      "'corticast COMMAND --help' lists a command's options.");
  corticast::cli::add_encode(app, corticast::cli::quoted_command(argc, argv));
  corticast::cli::add_merge(app);
  corticast::cli::add_export(app, corticast::cli::quoted_command(argc, argv));
  corticast::cli::add_score(app, corticast::cli::quoted_command(argc, argv));
  corticast::cli::add_retrieve(app);
  corticast::cli::add_contrast(app, corticast::cli::quoted_command(argc, argv));
  corticast::cli::add_atlas(app);
  corticast::cli::add_plot(app);
  corticast::cli::add_preprocess(app);
  corticast::cli::add_info(app);
  corticast::cli::add_rois(app);
  corticast::cli::add_selftest(app);
  corticast::cli::add_plan(app);
  return corticast::cli::run_program(app, argc, argv);
}
