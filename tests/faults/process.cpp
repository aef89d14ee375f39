#include "tests/faults/process.h"

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <stdexcept>
#include <utility>

extern char** environ;

namespace corticast::test {

Process::Process(const std::vector<std::string>& arguments, const std::filesystem::path& errors) {
  std::string program = CORTICAST_PROGRAM;
  std::vector<std::string> words = arguments;
  std::vector<char*> argv{program.data()};
  for (std::string& word : words) argv.push_back(word.data());
  argv.push_back(nullptr);
  posix_spawn_file_actions_t files;
  ::posix_spawn_file_actions_init(&files);
  ::posix_spawn_file_actions_addopen(&files, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  ::posix_spawn_file_actions_addopen(&files, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
  ::posix_spawn_file_actions_addopen(&files, STDERR_FILENO, errors.c_str(),
                                     O_WRONLY | O_CREAT | O_TRUNC, 0666);
  const int error = ::posix_spawn(&child_, program.c_str(), &files, nullptr, argv.data(), environ);
  ::posix_spawn_file_actions_destroy(&files);
  if (error != 0) throw std::runtime_error("cannot start " + program);
}

Process::~Process() {
  if (child_ <= 0) return;
  kill();
  ::waitpid(child_, nullptr, 0);
}

void Process::kill() const {
  ::kill(child_, SIGKILL);
}

int Process::wait() {
  int status = 0;
  ::waitpid(std::exchange(child_, -1), &status, 0);
  if (WIFEXITED(status)) return WEXITSTATUS(status);
  if (WTERMSIG(status) != SIGKILL) {
    throw std::runtime_error("ended by signal " + std::to_string(WTERMSIG(status)));
  }
  return -1;
}

}  // namespace corticast::test
