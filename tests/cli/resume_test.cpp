// Signals to the real program, and the same command run again.
#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>
#include <csignal>

#include <string>
#include <vector>

#include "tests/cli/support.h"
#include "tests/faults/contents.h"
#include "tests/output/support.h"
#include "tests/support/catch.h"
#include "tests/support/npz.h"
#include "tests/support/temporary.h"

using namespace corticast;
using namespace corticast::test;

namespace {

constexpr std::size_t kImages = 120;

// `corticast encode arguments` in a folder of its own; its stderr arrives here, line by line.
class RunningProgram {
 public:
  RunningProgram(const std::filesystem::path& folder, std::vector<std::string> arguments) {
    int errors[2];
    int input[2];
    REQUIRE(::pipe2(errors, O_CLOEXEC) == 0);
    REQUIRE(::pipe2(input, O_CLOEXEC) == 0);
    std::vector<char*> words;
    arguments.insert(arguments.begin(), {CORTICAST_PROGRAM, "encode"});
    for (std::string& word : arguments) words.push_back(word.data());
    words.push_back(nullptr);
    pid_ = ::fork();
    REQUIRE(pid_ >= 0);
    if (pid_ == 0) {
      ::dup2(input[0], STDIN_FILENO);
      ::dup2(::open("/dev/null", O_WRONLY), STDOUT_FILENO);
      ::dup2(errors[1], STDERR_FILENO);
      ::setenv("CORTICAST_CACHE", (folder / "cache").c_str(), 1);
      if (::chdir(folder.c_str()) == 0) ::execv(words[0], words.data());
      ::_exit(127);
    }
    ::close(errors[1]);
    ::close(input[0]);
    errors_ = errors[0];
    input_ = input[1];
  }
  ~RunningProgram() {
    ::close(errors_);
    ::close(input_);
  }
  RunningProgram(const RunningProgram&) = delete;
  RunningProgram& operator=(const RunningProgram&) = delete;

  // Reads until stderr has said `text`, or to its end.
  void wait_for(const std::string& text) {
    char byte = 0;
    while (!said_.ends_with(text) && ::read(errors_, &byte, 1) == 1) said_ += byte;
  }
  void send(int signal) const { ::kill(pid_, signal); }
  int exit_code() {
    wait_for("never said");
    int status = 0;
    ::waitpid(pid_, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 1000 + WTERMSIG(status);
  }
  const std::string& said() const { return said_; }

 private:
  pid_t pid_ = -1;
  int errors_ = -1;
  int input_ = -1;
  std::string said_;
};

struct Work {
  Work() {
    make_model(folder / "model", false);
    std::string list;
    for (std::size_t k = 0; k < kImages; ++k) {
      list += data_path("images/clock_77x110_gray4.png").string() + "\n";
    }
    write_text(folder / "list", list);
  }
  std::vector<std::string> command(const std::string& batch) const {
    return {"@" + (folder / "list").string(),
            "-m",
            (folder / "model").string(),
            "-o",
            "out.h5",
            "--device",
            "cpu",
            "--batch",
            batch,
            "--progress",
            "json"};
  }
  std::filesystem::path place(const char* name) const {
    std::filesystem::create_directory(folder / name);
    return folder / name;
  }
  TemporaryFolder folder;
};

std::size_t done_rows(const std::filesystem::path& part) {
  std::size_t done = 0;
  for (const std::uint8_t row : ReadFile(part).bytes("/journal/done")) done += row;
  return done;
}

}  // namespace

TEST_CASE("TERM, INT and USR1 stop a run with 75; the same command ends as if nothing had been") {
  const Work work;
  const auto place = work.place("here");
  REQUIRE(RunningProgram(place, work.command("2")).exit_code() == 0);
  const auto whole = contents(place / "out.h5");
  std::filesystem::remove(place / "out.h5");
  std::size_t done = 0;
  for (const int signal : {SIGTERM, SIGINT, SIGUSR1}) {
    CAPTURE(signal, done);
    RunningProgram program(place, work.command("2"));
    program.wait_for("\"encode\"");
    program.send(signal);
    CHECK(program.exit_code() == 75);
    CHECK_THAT(program.said(), contains("stopped on request after ") &&
                                   contains("of 120 images\n  The same command goes on"));
    REQUIRE(std::filesystem::exists(place / "out.h5.part"));
    const std::size_t now = done_rows(place / "out.h5.part");
    CHECK_THAT(program.said(), contains("after " + std::to_string(now) + " of 120"));
    if (done > 0)
      CHECK_THAT(program.said(), contains(std::to_string(done) + " of 120 images are done"));
    CHECK(now >= done);
    done = now;
  }
  RunningProgram refused(place, work.command("3"));
  CHECK(refused.exit_code() == 2);
  CHECK_THAT(refused.said(), contains("(batch: 2 there, 3 here)"));
  RunningProgram last(place, work.command("2"));
  CHECK(last.exit_code() == 0);
  CHECK((contents(place / "out.h5") == whole));
  CHECK_FALSE(std::filesystem::exists(place / "out.h5.part"));
  RunningProgram automatic(place, work.command("auto"));  // keeps the batch that was
  CHECK(automatic.exit_code() == 0);
  CHECK_THAT(automatic.said(), contains("already complete"));
}

TEST_CASE("a second signal ends the program at once, and so does one before the output is open") {
  const Work work;
  RunningProgram twice(work.folder.path(), work.command("1"));
  twice.wait_for("\"encode\"");
  twice.send(SIGTERM);
  twice.send(SIGINT);
  CHECK(twice.exit_code() == 75);
  CHECK(done_rows(work.folder / "out.h5.part") > 0);
  RunningProgram waiting(work.folder.path(),
                         {"-", "-m", (work.folder / "model").string(), "-o", "list.h5"});
  ::usleep(100000);
  waiting.send(SIGUSR1);
  const int code = waiting.exit_code();
  CHECK((code == 75 || code == 1000 + SIGUSR1));  // the latter: before main() had begun
  CHECK_FALSE(std::filesystem::exists(work.folder / "list.h5.part"));
}
