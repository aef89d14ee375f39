// The built program as a process of its own, to be killed.
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <string>
#include <vector>

namespace corticast::test {

// Runs from construction to wait(). Standard output is dropped; standard error goes to a file.
class Process {
 public:
  // arguments: without the program's name. Throws std::runtime_error if nothing can be started.
  Process(const std::vector<std::string>& arguments, const std::filesystem::path& errors);
  // Kills what still runs.
  ~Process();
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;

  void kill() const;
  // The exit code; -1 if kill() ended it. Throws for any other signal.
  int wait();

 private:
  pid_t child_;
};

}  // namespace corticast::test
