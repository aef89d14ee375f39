// What the programs share: running a CLI11 app, printing errors, choosing the exit code.
// Results go to stdout, everything else to stderr.
#pragma once

#include <CLI/CLI.hpp>
#include <functional>

namespace corticast::cli {

// Adds a subcommand whose body returns the exit code. `define` adds its flags and returns the body,
// which runs after parsing.
using Body = std::function<int()>;
CLI::App* add_command(CLI::App& app, const std::string& name, const std::string& description,
                      const std::function<Body(CLI::App&)>& define);

// The same for a program without subcommands.
void set_body(CLI::App& app, const Body& body);

// For options whose value may not be empty: an unset shell variable is a mistake, not "not given".
CLI::Validator not_empty();

// Runs the body and returns what it returns. What it throws is reported on stderr, with the
// speaker's name in front, and becomes the exit code.
int run_reporting(const std::string& speaker, const Body& body);

// Parses and runs the chosen subcommand. Returns the exit code: Error's own, 2 for anything CLI11
// refuses, 5 when stdout cannot be written, 6 when memory runs out, 1 for any other exception (a
// bug).
int run_program(CLI::App& app, int argc, char** argv);

}  // namespace corticast::cli
