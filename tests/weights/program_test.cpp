#include <sys/wait.h>

#include <cstdlib>

#include "tests/support/catch.h"
#include "tests/support/npz.h"
#include "tests/support/temporary.h"

using namespace corticast::test;

namespace {

// Exit code of corticast-weights; its output goes to `log`.
int run(const std::string& arguments, const std::filesystem::path& log) {
  const std::string command =
      std::string(CORTICAST_WEIGHTS_PROGRAM) + " " + arguments + " > " + log.string() + " 2>&1";
  const int status = std::system(command.c_str());
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

std::string fixture(const std::string& name) {
  return data_path("checkpoints/" + name + ".pth").string();
}

}  // namespace

TEST_CASE("scan exits with 0, 7 or 3 for accepted, refused and unreadable") {
  const TemporaryFolder folder;
  const auto log = folder / "log";
  CHECK(run("scan " + fixture("tiny_strided_legacy"), log) == 0);
  CHECK(run("scan --json " + fixture("bad_global_zip"), log) == 7);
  CHECK_THAT(read_text(log), contains("{\"what\": \"call\", \"name\": \"posix.getpid\", "
                                      "\"opcode\": \"REDUCE\", \"offset\": 77, "
                                      "\"accepted\": false}"));
  for (const char* name :
       {"bad_truncated_zip", "bad_truncated_legacy", "bad_stride_zip", "bad_record_missing_zip"}) {
    CHECK(run("scan " + fixture(name), log) == 3);
  }
  CHECK(run("scan " + (folder / "absent").string(), log) == 3);
}

TEST_CASE("convert refuses to replace a file unless forced, and names the next command") {
  const TemporaryFolder folder;
  const auto log = folder / "log";
  const std::string out = (folder / "model").string();
  CHECK(run("convert " + fixture("tiny_zip") + " -o " + out, log) == 0);
  CHECK_THAT(read_text(log), contains("Next: corticast encode"));
  CHECK(run("convert " + fixture("tiny_zip") + " -o " + out, log) == 5);
  CHECK_THAT(read_text(log), contains("exists already"));
  CHECK(run("convert " + fixture("tiny_zip") + " -o " + out + " --force", log) == 0);
  CHECK(run("convert " + fixture("tiny_zip") + " -o " + out + " --force --subject NSD-05", log) ==
        2);
  CHECK(run("convert " + fixture("tiny_zip") + " -o " + out + "2 --subject NSD-99", log) == 2);
  CHECK(run("convert " + fixture("bad_missing_key_zip") + " -o " + out + "3", log) == 3);
  CHECK_FALSE(std::filesystem::exists(out + "3"));
}

TEST_CASE("convert never writes over its own input") {
  const TemporaryFolder folder;
  const auto input = folder / "x.pth";
  std::filesystem::copy_file(fixture("tiny_zip"), input);
  CHECK(run("convert " + input.string() + " --force -o " + input.string(), folder / "log") == 2);
  CHECK(read_text(input) == read_text(fixture("tiny_zip")));
}
