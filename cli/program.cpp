#include "cli/program.h"

#include <csignal>
#include <exception>
#include <iostream>
#include <memory>
#include <new>

#include "cli/words.h"
#include "engine/base/error.h"
#include "engine/base/hdf5_exit.h"

namespace corticast::cli {
namespace {

// Carries a body's exit code out of CLI11's callback.
struct Finished {
  int exit_code;
};

int report(const std::string& program, const Error& error) {
  std::cerr << program << ": " << printable(error.what()) << "\n";
  if (!error.hint().empty()) std::cerr << "  " << printable(error.hint()) << "\n";
  return error.exit_code();
}

// A result that never reached its reader, on a full disk say, is no success.
int finish(const std::string& program, int exit_code) {
  if (std::cout.flush()) return exit_code;
  const int failed = report(program, Error(ErrorCode::kOutput, "cannot write to standard output"));
  return exit_code == 0 ? failed : exit_code;
}

}  // namespace

CLI::App* add_command(CLI::App& app, const std::string& name, const std::string& description,
                      const std::function<Body(CLI::App&)>& define) {
  CLI::App* command = app.add_subcommand(name, description);
  set_body(*command, define(*command));
  return command;
}

void set_body(CLI::App& app, const Body& body) {
  app.final_callback([body] { throw Finished{body()}; });
}

CLI::Validator not_empty() {
  return CLI::Validator(
      [](const std::string& value) { return value.empty() ? "the value is empty" : ""; }, "");
}

int run_reporting(const std::string& speaker, const Body& body) {
  try {
    try {
      return body();
    } catch (const Error& error) {
      return report(speaker, error);
    } catch (const std::bad_alloc&) {
      throw;
    } catch (const std::exception& error) {
      return report(speaker,
                    Error(ErrorCode::kInternal, std::string("internal error: ") + error.what(),
                          "This is a bug in corticast; please report it with the command."));
    }
  } catch (const std::bad_alloc&) {  // of the body or a report; there may be no memory for this one
    std::cerr << speaker << ": out of memory\n"
              << "  Use a smaller --batch or select fewer subjects or vertices.\n";
    return static_cast<int>(ErrorCode::kDevice);
  }
}

int run_program(CLI::App& app, int argc, char** argv) {
  const std::string program = app.get_name();
  hdf5::leave_exit_alone();
  std::signal(SIGXFSZ, SIG_IGN);  // a limit on file sizes is a write error, not a death
  return run_reporting(program, [&] {
    try {
      app.parse(argc, argv);
      return 0;
    } catch (const Finished& finished) {
      return finish(program, finished.exit_code);
    } catch (const CLI::Success& success) {  // --help, --version
      return finish(program, app.exit(success, std::cout, std::cerr));
    } catch (const CLI::ParseError& error) {
      const auto used = app.get_subcommands();
      const std::string command = used.empty() ? program : program + " " + used.front()->get_name();
      std::cerr << program << ": " << error.what() << "\n  Run '" << command << " --help'.\n";
      return static_cast<int>(ErrorCode::kUsage);
    }
  });
}

}  // namespace corticast::cli
