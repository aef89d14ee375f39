// The programs never touch the network: they run where the system ends whoever opens a socket to
// it.
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <cstddef>
#include <string>
#include <vector>

#include "tests/cli/support.h"
#include "tests/support/catch.h"
#include "tests/support/temporary.h"

using namespace corticast;
using namespace corticast::test;

namespace {

// For this process and all that it starts: a socket that is not of this machine's own (drivers of
// GPUs use those) is the end (SIGSYS).
bool forbid_network() {
  std::array<sock_filter, 6> rules = {{
      {BPF_LD | BPF_W | BPF_ABS, 0, 0, offsetof(seccomp_data, nr)},
      {BPF_JMP | BPF_JEQ | BPF_K, 0, 3, SYS_socket},
      {BPF_LD | BPF_W | BPF_ABS, 0, 0, offsetof(seccomp_data, args)},
      {BPF_JMP | BPF_JEQ | BPF_K, 1, 0, AF_UNIX},
      {BPF_RET | BPF_K, 0, 0, SECCOMP_RET_KILL_PROCESS},
      {BPF_RET | BPF_K, 0, 0, SECCOMP_RET_ALLOW},
  }};
  const sock_fprog program{rules.size(), rules.data()};
  return ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
         ::prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0;
}

// Exit code of `action` in a process without network; 1000 + signal if it was ended.
template <typename Action>
int without_network(Action action) {
  const pid_t child = ::fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    if (!forbid_network()) ::_exit(99);
    action();
    ::_exit(98);
  }
  int status = 0;
  REQUIRE(::waitpid(child, &status, 0) == child);
  return WIFEXITED(status) ? WEXITSTATUS(status) : 1000 + WTERMSIG(status);
}

int run_without_network(std::vector<std::string> arguments) {
  std::vector<char*> words;
  words.reserve(arguments.size() + 1);
  for (std::string& word : arguments) words.push_back(word.data());
  words.push_back(nullptr);
  return without_network([&] { ::execv(words[0], words.data()); });
}

}  // namespace

TEST_CASE("no program touches the network") {
  CHECK(without_network([] { (void)::socket(AF_INET, SOCK_STREAM, 0); }) == 1000 + SIGSYS);

  const TemporaryFolder folder;
  ::setenv("CORTICAST_CACHE", (folder / "cache").c_str(), 1);
  const std::string model = (folder / "model.corticast").string();
  CHECK(run_without_network({CORTICAST_WEIGHTS_PROGRAM, "synth", "-o", model, "--features", "1",
                             "--vertices", "50", "--subjects", "NSD-01", "--seed", "3"}) == 0);
  CHECK(run_without_network({CORTICAST_WEIGHTS_PROGRAM, "verify", model}) == 0);
  CHECK(run_without_network({CORTICAST_PROGRAM, "encode",
                             CORTICAST_TEST_DATA "/images/rocket_400x267_420.jpg", "-m", model,
                             "-o", (folder / "out.h5").string()}) == 0);
  CHECK(run_without_network({CORTICAST_PROGRAM, "info", "--devices"}) == 0);
  ::unsetenv("CORTICAST_CACHE");
}
